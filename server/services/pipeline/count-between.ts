import type { Mirror } from "./ensure-mirror.ts";
import { literalPaths } from "./list-commits.ts";
import { checkedRef, readMirror, textOf } from "./read-mirror.ts";

/**
 * How far `b` is from `a`: `ahead` commits that only b has, `behind` commits that only a has. With a scope, only commits
 * that touch it count.
 */
export async function countBetween(
  mirror: Mirror,
  a: string,
  b: string,
  scope: { path?: string | null; also?: readonly string[] } = {},
): Promise<{ ahead: number; behind: number }> {
  const range = `${checkedRef(a)}...${checkedRef(b)}`;
  const result = await readMirror(mirror, [
    "rev-list",
    "--left-right",
    "--count",
    "--end-of-options",
    range,
    "--",
    ...literalPaths(scope),
  ]);
  const [behind = 0, ahead = 0] = textOf(result).trim().split("\t").map(Number);
  return { ahead, behind };
}
