import { countChangedLines } from "./count-changed-lines.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { literalPaths } from "./list-commits.ts";
import { checkedRef, readMirror, textOf } from "./read-mirror.ts";

/** How much one commit has that another has not, and when each of those was committed. */
export interface Batch {
  commits: number;
  /** Added and removed ones, of text. */
  linesChanged: number;
  /** Of the newest ten thousand of the commits, as far as none of `known` has them. */
  committedAt: Date[];
}

const mostCommits = 10_000;
const mostKnown = 100;

/**
 * What `after` has that `before` has not; only what touches the folders counts. Throws ValidationError "ref" where Git
 * knows one of the two no more.
 */
export async function measureBatch(
  mirror: Mirror,
  { before, after, known = [] }: { before: string; after: string; known?: readonly string[] },
  scope: { path?: string | null; also?: readonly string[] },
): Promise<Batch> {
  const paths = ["--", ...literalPaths(scope)];
  const counted = await readMirror(mirror, [
    ...["rev-list", "--count", "--end-of-options", checkedRef(after), `^${checkedRef(before)}`],
    ...paths,
  ]);
  const times = await readMirror(mirror, [
    ...["log", `--max-count=${mostCommits}`, "--format=tformat:%ct", "--ignore-missing", "--end-of-options"],
    ...[checkedRef(after), ...[before, ...known.slice(0, mostKnown)].map((sha) => `^${checkedRef(sha)}`)],
    ...paths,
  ]);
  return {
    commits: Number(textOf(counted).trim()),
    linesChanged: await countChangedLines(mirror, before, after, scope),
    committedAt: textOf(times)
      .split("\n")
      .filter((line) => line !== "")
      .map((seconds) => new Date(Number(seconds) * 1_000)),
  };
}
