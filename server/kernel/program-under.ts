import { existsSync } from "node:fs";
import type { Account } from "./service-accounts.ts";

/** What `spawn` is given. */
export interface Program {
  file: string;
  parameters: string[];
  options: { cwd: string; uid?: number; gid?: number };
}

/** Of util-linux or BusyBox. Without it a service still has no rights of root, only no bar to programs that lend some. */
export const setprivFile = ["/usr/bin/setpriv", "/bin/setpriv"].find((file) => existsSync(file));

/**
 * A program in a folder under an account, without any of root's groups (Node drops them where a uid is given). The
 * folder is entered under the account, too: root would follow a link that the service put there to where it may not go.
 */
export function programUnder(
  account: Account,
  folder: string,
  [file, ...parameters]: readonly [string, ...string[]],
): Program {
  if (account === null) return { file, parameters, options: { cwd: folder } };
  const entered = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', folder, file, ...parameters];
  const [first = "", ...rest] =
    setprivFile === undefined ? entered : [setprivFile, "--no-new-privs", ...entered];
  return { file: first, parameters: rest, options: { cwd: "/", ...account } };
}

/**
 * A program of the portal's own, which an account may not read: it is started with this process's rights, and gives
 * them up by `takeAccount` before it does anything for the account.
 */
export function ownProgramFor(
  account: Account,
  [file, ...parameters]: readonly [string, ...string[]],
): Program {
  const options = { cwd: "/" };
  if (account === null || setprivFile === undefined) return { file, parameters, options };
  return { file: setprivFile, parameters: ["--no-new-privs", file, ...parameters], options };
}
