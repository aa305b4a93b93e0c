import type { Mirror } from "./ensure-mirror.ts";
import { checkedRef, readMirror, textOf } from "./read-mirror.ts";

/** Those of the given commits that are `head` or part of its history. */
export async function includedIn(
  mirror: Mirror,
  shas: readonly string[],
  head: string,
): Promise<Set<string>> {
  if (shas.length === 0) return new Set();
  const excluded = `^${checkedRef(head)}`;
  const result = await readMirror(mirror, [
    "rev-list",
    "--end-of-options",
    ...shas.map(checkedRef),
    excluded,
    "--",
  ]);
  const missing = new Set(textOf(result).split("\n"));
  return new Set(shas.filter((sha) => !missing.has(sha)));
}
