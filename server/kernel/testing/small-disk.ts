import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Whether this process may have disks of its own at all; some containers refuse all the same. */
export const canMount = process.getuid?.() === 0 && process.platform === "linux";

/** A disk of its own for this folder, of a size such as `3m`; false where the machine does not allow it. */
export function mountSmallDisk(folder: string, size: string, mode = 711): boolean {
  mkdirSync(folder, { recursive: true });
  return spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=${mode}`, "none", folder]).status === 0;
}

/** What is still used of it goes when it is not used any more. */
export function unmount(folder: string): void {
  spawnSync("umount", ["--lazy", folder]);
}

/** Until nothing more fits: no byte, or no file. Returns what makes room again. */
export function fillDisk(folder: string, fillWith: "bytes" | "files" = "bytes"): () => void {
  const filling = join(folder, "filling");
  mkdirSync(filling);
  if (fillWith === "bytes") spawnSync("dd", ["if=/dev/zero", `of=${join(filling, "zeros")}`, "bs=16k"]);
  else spawnSync("/bin/sh", ["-c", 'count=0; while : > "$0/$count"; do count=$((count + 1)); done', filling]);
  return () => rmSync(filling, { recursive: true });
}
