import { stat, statfs } from "node:fs/promises";
import { formatBytes } from "#server/domain/bytes.ts";

/** What is taken of a disk, or left: files fill one too, however small. */
export interface DiskAmounts {
  bytes: number;
  files: number;
}

/** The room on the disk that a folder lies on. */
export interface DiskRoom {
  folder: string;
  /** Folders of the same device share the room. */
  device: number;
  free: DiskAmounts;
  total: DiskAmounts;
  /** Must stay free. */
  floor: DiskAmounts;
}

/** So little that a file of some size does not fit. */
const littleBytes = 1024 * 1024;

/** Which of the folders lies on a disk that has run full, with what is free, in a sentence; null where there is room. */
export async function tellOfFullDisk(
  folders: readonly string[],
  leastBytes = littleBytes,
): Promise<string | null> {
  for (const folder of folders) {
    const { free, total } = await readRoom(folder, null);
    const hasNoFiles = total.files > 0 && free.files === 0;
    if (free.bytes >= leastBytes && !hasNoFiles) continue;
    const what = hasNoFiles
      ? "no file more fits"
      : `${formatBytes(free.bytes)} of ${formatBytes(total.bytes)} are free`;
    return `The disk of ${folder} is full: ${what}.`;
  }
  return null;
}

/**
 * Which of the folders lies on a disk with less room than must stay free, in a sentence; null where there is enough.
 * For `floorBytes` see readRoom.
 */
export async function tellOfScarceRoom(
  folders: readonly string[],
  floorBytes: number | null,
): Promise<string | null> {
  for (const folder of folders) {
    const room = await readRoom(folder, floorBytes);
    if (!isScarce(room)) continue;
    return `${tellOfRoom(room)}. Make room there, or let it write less, then deploy again`;
  }
  return null;
}

const usualFloorBytes = 1024 ** 3;
const usualFloorShare = 1 / 20;
/** Disks are made with many more files than they ever hold. */
const filesFloorShare = 1 / 100;

/** A floor of null is the smaller of 1 GiB and a twentieth of the disk. */
export async function readRoom(folder: string, floorBytes: number | null): Promise<DiskRoom> {
  const [{ dev: device }, { bavail, bsize, blocks, ffree, files }] = await Promise.all([
    stat(folder),
    statfs(folder),
  ]);
  const total = { bytes: blocks * bsize, files };
  return {
    folder,
    device,
    free: { bytes: bavail * bsize, files: ffree },
    total,
    floor: {
      bytes: floorBytes ?? Math.min(usualFloorBytes, total.bytes * usualFloorShare),
      // Zero on disks that count no files.
      files: Math.floor(files * filesFloorShare),
    },
  };
}

/** Whether less is free than must stay free, or than some times that. */
export function isScarce({ free, floor }: DiskRoom, times = 1): boolean {
  return free.bytes < times * floor.bytes || free.files < times * floor.files;
}

/** How little is free where room is scarce, in a sentence without its stop. */
export function tellOfRoom({ folder, free, floor }: DiskRoom): string {
  return free.bytes < floor.bytes
    ? `${formatBytes(free.bytes)} are free on the disk of ${folder}, and ${formatBytes(floor.bytes)} must stay free (ANYTIME_FREE_DISK)`
    : `${free.files} files more fit on the disk of ${folder}, and ${floor.files} must`;
}
