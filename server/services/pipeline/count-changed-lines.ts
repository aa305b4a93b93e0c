import type { Mirror } from "./ensure-mirror.ts";
import { literalPaths } from "./list-commits.ts";
import { checkedRef, readMirror, textOf } from "./read-mirror.ts";

/** How many lines differ between two commits: those added and those removed. With a scope, only files within it count. */
export async function countChangedLines(
  mirror: Mirror,
  from: string,
  to: string,
  scope: { path?: string | null; also?: readonly string[] } = {},
): Promise<number> {
  const result = await readMirror(mirror, [
    "diff-tree",
    "-r",
    "--numstat",
    "--end-of-options",
    checkedRef(from),
    checkedRef(to),
    "--",
    ...literalPaths(scope),
  ]);
  // Of a binary file it says `-` for both.
  return textOf(result)
    .split("\n")
    .flatMap((line) => line.split("\t").slice(0, 2))
    .reduce((sum, count) => sum + (Number(count) || 0), 0);
}
