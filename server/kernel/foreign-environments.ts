import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { mayBeService } from "./service-accounts.ts";

interface Unread {
  pid: number;
  /** Pid and start time. */
  key: string;
}

/** What a process was started with, by its key: that does not change, and hiding it later hides nothing. */
let known = new Map<string, string>();

/**
 * Environments that root may not read itself: in a container it mostly lacks the capability SYS_PTRACE. Each user may
 * read those of his own processes, so those of services are read under their owners, once each.
 */
export function readForeignEnvironments(
  pids: readonly number[],
  startTimeOf: (pid: number) => string | null,
): Map<number, string> {
  if (process.getuid?.() !== 0) return new Map();
  const foreign = pids.flatMap((pid) => {
    const owner = ownerOf(pid);
    const startedAt = startTimeOf(pid);
    if (owner === null || !mayBeService(owner) || startedAt === null) return [];
    return [{ pid, key: `${pid} ${startedAt}`, owner }];
  });
  const unread = foreign.filter(({ key }) => !known.has(key));
  const read = [...Map.groupBy(unread, ({ owner }) => `${owner.uid} ${owner.gid}`).values()].flatMap(
    readUnderOwner,
  );
  const all = new Map([...known, ...read]);
  known = new Map(foreign.map(({ key }) => [key, all.get(key) ?? ""]));
  return new Map(foreign.map(({ pid, key }) => [pid, known.get(key) ?? ""]));
}

/** Null where it runs no more. A process that is just changing its user still belongs to root. */
export function ownerOf(pid: number): { uid: number; gid: number } | null {
  const found = statSync(`/proc/${pid}`, { throwIfNoEntry: false });
  return found === undefined ? null : { uid: found.uid, gid: found.gid };
}

/** A line each. */
const script = 'for pid in "$@"; do base64 "/proc/$pid/environ" 2>/dev/null | tr -d "\\n"; echo; done';

function readUnderOwner(processes: (Unread & { owner: { uid: number; gid: number } })[]): [string, string][] {
  const pids = processes.map(({ pid }) => String(pid));
  const { stdout } = spawnSync("/bin/sh", ["-c", script, "sh", ...pids], {
    ...processes[0]?.owner,
    cwd: "/",
    env: { NODE_ENV: "production", PATH: process.env.PATH },
    encoding: "latin1",
    maxBuffer: 256 * 1024 * 1024,
  });
  const lines = (stdout ?? "").split("\n");
  return processes.map(({ key }, at) => [key, Buffer.from(lines[at] ?? "", "base64").toString("latin1")]);
}
