import { statfs } from "node:fs/promises";
import { formatBytes } from "#server/domain/bytes.ts";

/** So little that a file of some size does not fit. */
const littleBytes = 1024 * 1024;

/** Which of the folders lies on a disk that has run full, with what is free, in a sentence; null where there is room. */
export async function tellOfFullDisk(folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const { freeBytes, bytes, hasNoFiles } = await readDisk(folder);
    if (freeBytes >= littleBytes && !hasNoFiles) continue;
    const what = hasNoFiles
      ? "no file more fits"
      : `${formatBytes(freeBytes)} of ${formatBytes(bytes)} are free`;
    return `The disk of ${folder} is full: ${what}. Make room there, then deploy again.`;
  }
  return null;
}

const usualFloorBytes = 1024 ** 3;
const usualFloorShare = 1 / 20;

/**
 * Which of the folders lies on a disk with less room than must stay free, in a sentence; null where there is enough. A
 * floor of null is the smaller of 1 GiB and a twentieth of the disk.
 */
export async function tellOfScarceRoom(
  folders: readonly string[],
  floorBytes: number | null,
): Promise<string | null> {
  for (const folder of folders) {
    const { freeBytes, bytes } = await readDisk(folder);
    const floor = floorBytes ?? Math.min(usualFloorBytes, bytes * usualFloorShare);
    if (freeBytes >= floor) continue;
    return (
      `${formatBytes(freeBytes)} are free on the disk of ${folder}, and ${formatBytes(floor)} must stay free ` +
      "(ANYTIME_FREE_DISK). Make room there, or let it write less, then deploy again"
    );
  }
  return null;
}

async function readDisk(folder: string): Promise<{ freeBytes: number; bytes: number; hasNoFiles: boolean }> {
  const { bavail, bsize, blocks, ffree, files } = await statfs(folder);
  return { freeBytes: bavail * bsize, bytes: blocks * bsize, hasNoFiles: files > 0 && ffree === 0 };
}
