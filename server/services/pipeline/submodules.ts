import { posix } from "node:path";
import { type GitUrl, gitHost, parseGitUrl } from "#server/domain/git-url.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { readMirror, textOf } from "./read-mirror.ts";
import { type RepositoryAccess, suits } from "./repository-access.ts";

export interface Submodule {
  /** In the checkout of the repository that names it. */
  path: string;
  sha: string;
  repositoryUrl: string;
  access: RepositoryAccess | null;
}

const mostAtOnce = 100;

/**
 * The submodules of a commit. Where they lie comes from the commit itself; `.gitmodules` says only which address belongs
 * to a path. ValidationError "checkout.submodules" for one that may not be read.
 */
export async function listSubmodules(
  mirror: Mirror,
  sha: string,
  access: RepositoryAccess | null,
): Promise<Submodule[]> {
  const links = await listLinks(mirror, sha);
  if (links.length === 0) return [];
  if (links.length > mostAtOnce) throw refuse(`it has more than ${mostAtOnce} submodules.`);
  const addresses = await readAddresses(mirror, sha);
  return links.map(({ path, commit }) => {
    const written = addresses.get(path);
    if (written === undefined) throw refuse(`.gitmodules has no address for ${path}.`);
    return { path, sha: commit, ...addressOf({ path, written, parent: mirror.repositoryUrl, access }) };
  });
}

async function listLinks(mirror: Mirror, sha: string): Promise<{ path: string; commit: string }[]> {
  const text = textOf(await readMirror(mirror, ["ls-tree", "-r", "-z", "--full-tree", sha]));
  return text.split("\0").flatMap((line) => {
    const [, commit, path] = /^160000 commit ([0-9a-f]{40})\t(.+)$/s.exec(line) ?? [];
    if (commit === undefined || path === undefined) return [];
    const isPlain = path === posix.normalize(path) && !/(?:^|\/)(?:\.\.|\.git)(?:\/|$)/i.test(path);
    if (!isPlain || path.startsWith("/")) throw refuse(`${JSON.stringify(path)} is no path for a submodule.`);
    return [{ commit, path }];
  });
}

/** Read by Git itself, which takes no includes from it and follows nothing. */
async function readAddresses(mirror: Mirror, sha: string): Promise<Map<string, string>> {
  const blob = ["config", "--blob", `${sha}:.gitmodules`, "--no-includes", "-z", "--get-regexp"];
  const result = await readMirror(mirror, [...blob, "^submodule\\..*\\.(path|url)$"]);
  if (result.exitCode !== 0) throw refuse(".gitmodules is missing or cannot be read.");
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const entry of result.stdout.split("\0")) {
    const [, name, key, value = ""] = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(entry) ?? [];
    if (name === undefined) continue;
    const known = modules.get(name) ?? {};
    modules.set(name, key === "path" ? { ...known, path: value } : { ...known, url: value });
  }
  return new Map(
    [...modules.values()].flatMap(({ path, url }) => (path && url ? [[path, url] as const] : [])),
  );
}

/** The repository's own host, by its credential; local ones beside a local one; else what anybody may read by https. */
function addressOf(submodule: {
  path: string;
  written: string;
  parent: string;
  access: RepositoryAccess | null;
}): Pick<Submodule, "repositoryUrl" | "access"> {
  const { path, written, parent, access } = submodule;
  const repositoryUrl = resolveAddress(parent, written);
  const [address, own] = [parseGitUrl(repositoryUrl), parseGitUrl(parent)];
  if (!address.ok) throw refuse(`the address of ${path} is not taken. ${address.problem}`);
  if (!own.ok) throw refuse(own.problem);
  const isAtHome = isSameHost(address.value, own.value);
  if (isAtHome && access !== null && suits(access.login, address.value)) return { repositoryUrl, access };
  if (address.value.kind === "https" || (isAtHome && address.value.kind === "local")) {
    return { repositoryUrl, access: null };
  }
  throw refuse(
    `${path} is read neither from the repository's own host by its own protocol nor, by everybody, over https.`,
  );
}

function isSameHost(a: GitUrl, b: GitUrl): boolean {
  const [hostA, hostB] = [gitHost(a), gitHost(b)];
  if (hostA === null || hostB === null) return hostA === hostB;
  return hostA.name === hostB.name && hostA.port === hostB.port;
}

/** As Git does: `../lib.git` is beside the repository that names it. */
export function resolveAddress(parent: string, written: string): string {
  if (!/^\.\.?\//.test(written)) return written;
  let base = parent.replace(/\/+$/, "");
  let rest = written;
  while (/^\.\.?\//.test(rest)) {
    if (rest.startsWith("../")) base = base.replace(/[/:][^/:]*$/, "");
    rest = rest.replace(/^\.\.?\//, "");
  }
  const isScpLike = !parent.includes("://") && !parent.startsWith("/") && !base.includes(":");
  return `${base}${isScpLike ? ":" : "/"}${rest}`;
}

function refuse(problem: string): ValidationError {
  return new ValidationError(`The submodules cannot be checked out: ${problem}`, "checkout.submodules");
}
