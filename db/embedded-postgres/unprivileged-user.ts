import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";

export interface UnixUser {
  uid: number;
  gid: number;
}

const preferred = ["postgres", "nobody"];

/**
 * PostgreSQL refuses to run as root: as root, whom to run it as; otherwise null (oneself). A cluster that exists keeps
 * its owner, also where its data folder was made by somebody who is not root.
 */
export function clusterUser(folder: string): UnixUser | null {
  if (process.getuid?.() !== 0) return null;
  const existing = statSync(folder, { throwIfNoEntry: false });
  if (existing !== undefined && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  const rows = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of preferred) {
    const row = rows.find((fields) => fields[0] === name);
    if (row !== undefined) return { uid: Number(row[2]), gid: Number(row[3]) };
  }
  throw new Error(
    "PostgreSQL does not run as root, and /etc/passwd has neither `postgres` nor `nobody`. Add one.",
  );
}

/** Whether the user may pass through every folder above a path and execute or enter it. */
export function canReach(user: UnixUser, path: string): boolean {
  return spawnSync("test", ["-x", path], { ...user, cwd: "/" }).status === 0;
}
