import type { ChangedFile, CommitChanges, LineOrigin } from "./commit-changes.ts";
import type { StackFrame } from "./error-sighting.ts";
import { fitOf, type PathCandidate, pathCandidates } from "./frame-paths.ts";
import { pathFit, routeFit, routeWords } from "./route-paths.ts";

/**
 * Which commits of a release to look at first, when it made something worse: by the files that its errors come from, and by the
 * routes that fail or are slow. It speaks of commits, and of nobody who made one.
 */

/** Errors of one kind that are new with a release, or more frequent. */
export interface RaisedError {
  count: number;
  frames: readonly StackFrame[];
}

/** A route that fails more often with a release, or is slower. */
export interface WorseRoute {
  route: string;
  /** What became of it, to be said behind its name: “whose p95 went from 80 ms to 900 ms”. */
  change: string;
  /** Its share of all that became worse, from 0 to 1. */
  share: number;
}

export interface Symptoms {
  errors: readonly RaisedError[];
  /** Whether all of them are new, or some were there before. */
  areErrorsNew: boolean;
  routes: readonly WorseRoute[];
  /** Who wrote lines that the errors come from, where that is known. */
  origins: readonly LineOrigin[];
  /** The service's folder in its repository; null where it is the repository. */
  folder: string | null;
}

export interface Suspect {
  sha: string;
  subject: string;
  /** ISO 8601, in UTC. */
  committedAt: string;
  /** What speaks for it, as sentences without their full stop; none where nothing does. */
  reasons: string[];
  /** From 0 on: what speaks for it, put together. */
  score: number;
}

const weights = { errors: 1, routes: 0.7 };
/** What was taken back again within the same release changes nothing. */
const revertedFactor = 0.05;
/** Of a file that was only moved. */
const movedFactor = 0.2;
const lineFactor = 1.6;
const mostFramesLookedAt = 8;

/** Each with what speaks for it; the likeliest first, of those that are alike the youngest. `commits` are newest first. */
export function rankSuspects(commits: readonly CommitChanges[], symptoms: Symptoms): Suspect[] {
  const present = namesNow(commits);
  const reverted = findReverted(commits);
  const errors = gatherErrors(symptoms);
  const ranked = commits.map((commit, place) => {
    const files = commit.files.map((file) => ({ ...file, path: present(place, file.path) }));
    const byErrors = weighErrors({ ...commit, files }, errors, symptoms);
    const byRoutes = weighRoutes(files, symptoms.routes);
    const takenBackBy = reverted.get(commit.sha);
    const reasons = [...byErrors.reasons, ...byRoutes.reasons];
    return {
      ...{ sha: commit.sha, subject: commit.subject, committedAt: commit.committedAt },
      reasons: takenBackBy === undefined ? reasons : [takenBackBy],
      score:
        (weights.errors * byErrors.score + weights.routes * byRoutes.score) *
        (takenBackBy === undefined ? focus(commit) : revertedFactor),
    };
  });
  // Sorting keeps the order of what is alike.
  return ranked.sort((one, other) => other.score - one.score);
}

/** A change of few files says more of each than one of hundreds does. */
function focus({ files }: CommitChanges): number {
  return 1 / (1 + Math.log10(Math.max(1, files.length)) / 4);
}

/** What a file is called now, by what it was called right after one of the commits. */
function namesNow(commits: readonly CommitChanges[]): (place: number, path: string) => string {
  const later = new Map<string, { to: string; place: number }[]>();
  for (const [place, { files }] of commits.entries()) {
    for (const { path, oldPath } of files) {
      if (oldPath === null) continue;
      later.set(oldPath, [...(later.get(oldPath) ?? []), { to: path, place }]);
    }
  }
  return (from, path) => {
    let [name, place] = [path, from];
    for (let moves = 0; moves < 20; moves += 1) {
      // Places count from the newest: the next move is the last one before it.
      const next = later.get(name)?.findLast((move) => move.place < place);
      if (next === undefined) break;
      [name, place] = [next.to, next.place];
    }
    return name;
  };
}

/** Both commits of each pair of which one takes back the other, with why they do not count. */
function findReverted(commits: readonly CommitChanges[]): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const { sha, reverts } of commits) {
    if (reverts === null || reasons.has(sha)) continue;
    const taken = commits.find((one) => one.sha.startsWith(reverts));
    if (taken === undefined) continue;
    reasons.set(sha, `takes back ${taken.sha.slice(0, 7)}, which is in this release, too`);
    reasons.set(taken.sha, `is taken back by ${sha.slice(0, 7)} in this release`);
  }
  return reasons;
}

interface GatheredError extends RaisedError {
  /** Its share of all the errors, from 0 to 1. */
  share: number;
  own: readonly { frame: StackFrame; weight: number; candidates: PathCandidate[] }[];
}

function gatherErrors({ errors, folder }: Symptoms): GatheredError[] {
  const all = errors.reduce((sum, { count }) => sum + count, 0);
  return errors.map((error) => {
    const own = error.frames.filter(({ isOwn }) => isOwn).slice(0, mostFramesLookedAt);
    return {
      ...error,
      share: all === 0 ? 0 : error.count / all,
      own: own.map((frame, depth) => ({
        frame,
        // Where it went wrong says more than who called it.
        weight: 1 / (1 + depth),
        candidates: pathCandidates(frame.file, folder),
      })),
    };
  });
}

interface Weighed {
  score: number;
  reasons: string[];
}

interface Hit {
  path: string;
  count: number;
  line: number | null;
  isInnermost: boolean;
  isSameFile: boolean;
}

function weighErrors(commit: CommitChanges, errors: readonly GatheredError[], symptoms: Symptoms): Weighed {
  let score = 0;
  const hits = new Map<string, Hit>();
  for (const error of errors) {
    const best = bestHit(commit, error, symptoms.origins);
    if (best === null) continue;
    score += error.share * best.weight;
    const known = hits.get(best.hit.path);
    if (known === undefined) hits.set(best.hit.path, best.hit);
    else {
      known.count += error.count;
      known.isInnermost &&= best.hit.isInnermost;
      if (known.line !== best.hit.line) known.line = null;
    }
  }
  const all = errors.reduce((sum, { count }) => sum + count, 0);
  const kind = symptoms.areErrorsNew ? "new errors" : "errors that are new or more frequent";
  const told = [...hits.values()].sort((one, other) => other.count - one.count).slice(0, 2);
  return { score, reasons: told.map((hit) => errorReason(hit, all, kind)) };
}

function bestHit(commit: CommitChanges, error: GatheredError, origins: readonly LineOrigin[]) {
  let best: { weight: number; hit: Hit } | null = null;
  for (const [depth, { frame, weight, candidates }] of error.own.entries()) {
    for (const file of commit.files) {
      const fit = fitOf(file.path, frame.file, candidates);
      if (fit === 0) continue;
      const isLine = origins.some(
        ({ path, line, sha }) => sha === commit.sha && path === file.path && line === frame.line,
      );
      const total = weight * fit * (file.isEdited ? 1 : movedFactor) * (isLine ? lineFactor : 1);
      if (best !== null && best.weight >= total) continue;
      const hit = { path: file.path, count: error.count, line: isLine ? frame.line : null };
      best = { weight: total, hit: { ...hit, isInnermost: depth === 0, isSameFile: fit >= 0.7 } };
    }
  }
  return best;
}

function errorReason({ path, count, line, isInnermost, isSameFile }: Hit, all: number, kind: string): string {
  const place = line === null ? path : `line ${line} of ${path}`;
  const some = `${count.toLocaleString("en")} of ${all.toLocaleString("en")} ${kind}`;
  if (!isSameFile) return `changes ${place}, named like the file that ${some} come from`;
  return isInnermost
    ? `changes ${place}, where ${some} come from`
    : `changes ${place}, which ${some} came through`;
}

const prose = /\.(?:md|mdx|markdown|rst|adoc|txt)$/i;

function weighRoutes(files: readonly ChangedFile[], routes: readonly WorseRoute[]): Weighed {
  let score = 0;
  const reasons: { share: number; text: string }[] = [];
  for (const { route, change, share } of routes) {
    const words = routeWords(route);
    let best = { fit: 0, text: "" };
    for (const { path, routes: inCode, isEdited } of files) {
      // What only speaks of a route makes none fail.
      if (prose.test(path)) continue;
      const named = Math.max(0, ...inCode.map((one) => routeFit(route, one)));
      const called = pathFit(words, path) * (isEdited ? 1 : movedFactor);
      const fit = named * 0.7 + called * 0.5;
      if (fit <= best.fit) continue;
      const what =
        named > 0 ? `changes code of ${path} that names ${route}` : `changes ${path}, named like ${route}`;
      best = { fit, text: `${what}, ${change}` };
    }
    if (best.fit === 0) continue;
    score += share * Math.min(1, best.fit);
    reasons.push({ share: share * best.fit, text: best.text });
  }
  reasons.sort((one, other) => other.share - one.share);
  return { score, reasons: reasons.slice(0, 2).map(({ text }) => text) };
}
