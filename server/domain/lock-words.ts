import { formatDurationMs } from "./durations.ts";
import type { MigrationLock } from "./migration-locks.ts";

/** Why a migration's locks are not known, or not to its end. */
export type LockProblem =
  | { kind: "unset" | "not-postgres" | "no-answer" | "no-session" | "ended" }
  /** The driver's or the server's code: `ECONNREFUSED`, `28P01`. */
  | { kind: "refused"; code: string };

/** From here on, whoever uses the table may have noticed. */
const longMs = 500;

/** `The locks it takes are not recorded: no variable `DATABASE_URL` is set.` */
export function unrecordedText(problem: LockProblem, variable: string, isPartly = false): string {
  const what = isPartly ? "are recorded in part only" : "are not recorded";
  return `The locks it takes ${what}: ${causeOf(problem, variable)}.`;
}

function causeOf(problem: LockProblem, variable: string): string {
  switch (problem.kind) {
    case "unset":
      return `no variable \`${variable}\` is set`;
    case "not-postgres":
      return `\`${variable}\` holds no PostgreSQL address`;
    case "no-answer":
      return `the database of \`${variable}\` did not answer`;
    case "refused":
      return `the database of \`${variable}\` could not be asked (${problem.code})`;
    case "no-session":
      return `none of its sessions was seen in the database of \`${variable}\`, where they are known by \`PGAPPNAME\``;
    case "ended":
      return "what looks for them has ended early";
  }
}

/** All of them, a line each. */
export function lockLines(locks: readonly MigrationLock[]): string {
  if (locks.length === 0) return "It was seen to hold no lock that others feel.";
  return ["Locks that it was seen to hold:", ...locks.map(lockLine)].join("\n");
}

function lockLine({ relation, mode, heldMs, waitedMs, sessionsBehind }: MigrationLock): string {
  const parts = [
    ...(heldMs === 0 ? [] : [`held for ${formatDurationMs(heldMs)}`]),
    ...(waitedMs === 0 ? [] : [`waited for it for ${formatDurationMs(waitedMs)}`]),
    ...(sessionsBehind === 0 ? [] : [`${sessionsText(sessionsBehind)} waited behind it at once`]),
  ];
  return `  ${mode} on ${relation}: ${parts.join(", ")}`;
}

/** `held ACCESS EXCLUSIVE on public.orders for 3.1 s while 12 sessions waited`: of the lock that was felt most. */
export function feltText(locks: readonly MigrationLock[]): string | null {
  const [felt] = [...locks].sort((one, other) => other.sessionsBehind - one.sessionsBehind);
  if (felt === undefined) return null;
  const { relation, mode, heldMs, waitedMs, sessionsBehind } = felt;
  const what =
    heldMs === 0
      ? `waited for ${mode} on ${relation} for ${formatDurationMs(waitedMs)}`
      : `held ${mode} on ${relation} for ${formatDurationMs(heldMs)}`;
  const behind = sessionsBehind === 0 ? "" : ` while ${sessionsText(sessionsBehind)} waited`;
  const others = locks.length - 1;
  return what + behind + (others === 0 ? "" : `, and ${others} ${others === 1 ? "lock" : "locks"} more`);
}

/** Those that somebody has felt, or would have. */
export function longLocks(locks: readonly MigrationLock[]): MigrationLock[] {
  return locks.filter(({ heldMs, sessionsBehind }) => heldMs >= longMs || sessionsBehind > 0);
}

function sessionsText(count: number): string {
  return count === 1 ? "1 session" : `${count} sessions`;
}
