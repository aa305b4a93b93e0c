import type { Mirror } from "./ensure-mirror.ts";
import { literalPaths } from "./list-commits.ts";
import { checkedRef, readMirror, textOf } from "./read-mirror.ts";

const mostBytes = 4 * 1024 * 1024;
const mostCharacters = 200_000;

/** What a commit changes in these folders, as Git writes it. `isCut`: there is more of it. */
export async function readDiff(
  mirror: Mirror,
  sha: string,
  scope: { path: string | null; also: readonly string[] },
): Promise<{ text: string; isCut: boolean }> {
  const plain = [
    "--format=",
    "--patch",
    "--stat",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--find-renames",
  ];
  const result = await readMirror(
    mirror,
    ["show", ...plain, "--end-of-options", checkedRef(sha), "--", ...literalPaths(scope)],
    { mostBytes, timeoutMs: 10_000, settings: ["core.quotePath=false"] },
  );
  const text = textOf(result).trim();
  return { text: text.slice(0, mostCharacters), isCut: text.length > mostCharacters };
}
