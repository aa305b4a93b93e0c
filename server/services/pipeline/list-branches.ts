import type { Mirror } from "./ensure-mirror.ts";
import { readMirror, textOf } from "./read-mirror.ts";

/** Names of branches, the one with the newest commit first; at most 500. */
export async function listBranches(mirror: Mirror): Promise<string[]> {
  const form = ["--count=500", "--sort=-committerdate", "--format=%(refname:lstrip=2)", "refs/heads"];
  const result = await readMirror(mirror, ["for-each-ref", ...form]);
  return textOf(result).split("\n").filter(Boolean);
}
