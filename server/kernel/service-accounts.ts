import { existsSync, readFileSync } from "node:fs";
import type { UnixUser } from "#db/embedded-postgres/unprivileged-user.ts";
import { StepError } from "./errors.ts";

/** The uid and gid that the steps and instances of a service run under; null for the worker's own. */
export type Account = UnixUser | null;
export type AccountOf = (serviceId: number) => Account;

/** Uids that belong to services alone on this machine, both ends included. */
export interface UidRange {
  first: number;
  last: number;
}

/** Below it are the system's own users, such as PostgreSQL's. */
export const lowestServiceUid = 1_000;

/** Whatever the range is set to. */
export function mayBeService({ uid, gid }: UnixUser): boolean {
  return uid >= lowestServiceUid && uid === gid;
}

/** Only root can give its processes other uids, and take them back. */
export function canIsolateServices(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

/**
 * A uid of its own for each service, worked out from its id alone: every worker on a data folder gives the same, and as
 * no id is given twice, what a removed service left behind never becomes another's.
 */
export function serviceAccounts(range: UidRange): AccountOf {
  if (!canIsolateServices()) return () => null;
  return (serviceId) => {
    const uid = range.first + serviceId;
    if (uid <= range.last) return { uid, gid: uid };
    throw new StepError(
      `There is no uid left for this service: set ANYTIME_SERVICE_UIDS to more than ${range.first}-${range.last}.`,
    );
  };
}

/** Users of this machine whose uids are the services', and who so could read what is theirs. */
export function usersWithin(range: UidRange, passwd = readUsers()): string[] {
  return passwd.split("\n").flatMap((line) => {
    const [name = "", , uid = ""] = line.split(":");
    return uid !== "" && Number(uid) >= range.first && Number(uid) <= range.last ? [name] : [];
  });
}

function readUsers(): string {
  return existsSync("/etc/passwd") ? readFileSync("/etc/passwd", "utf8") : "";
}
