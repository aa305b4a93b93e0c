import type { Mirror } from "./ensure-mirror.ts";
import { checkedRef, readMirror, textOf } from "./read-mirror.ts";

const mostPaths = 500;

/** Those of the paths that are files at a commit. */
export async function whichFiles(
  mirror: Mirror,
  sha: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const asked = [...new Set(paths)].filter(isPath).slice(0, mostPaths);
  if (asked.length === 0) return new Set();
  const result = await readMirror(
    mirror,
    ["ls-tree", "-r", "-z", "--full-tree", "--name-only", checkedRef(sha), "--", ...asked],
    { settings: ["core.quotePath=false"] },
  );
  const wanted = new Set(asked);
  return new Set(
    textOf(result)
      .split("\0")
      .filter((path) => wanted.has(path)),
  );
}

/** A folder is not asked for: all that lies in it would be listed. */
function isPath(path: string): boolean {
  const parts = path.split("/");
  return (
    /\.\w+$/.test(path) &&
    path.length < 500 &&
    !parts.some((part) => part === "" || part === "." || part === "..")
  );
}
