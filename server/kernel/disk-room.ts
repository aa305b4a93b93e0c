import { statfs } from "node:fs/promises";
import { formatBytes } from "#server/domain/bytes.ts";

/** So little that a file of some size does not fit. */
const littleBytes = 1024 * 1024;

/** Which of the folders lies on a disk that has run full, with what is free, in a sentence; null where there is room. */
export async function tellOfFullDisk(folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const { bavail, bsize, blocks, ffree, files } = await statfs(folder);
    const free = bavail * bsize;
    const hasNoFiles = files > 0 && ffree === 0;
    if (free >= littleBytes && !hasNoFiles) continue;
    const what = hasNoFiles
      ? "no file more fits"
      : `${formatBytes(free)} of ${formatBytes(blocks * bsize)} are free`;
    return `The disk of ${folder} is full: ${what}. Make room there, then deploy again.`;
  }
  return null;
}
