import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";
import { StepError } from "#server/kernel/errors.ts";
import type { Account } from "#server/kernel/service-accounts.ts";

export interface Opened {
  descriptor: number;
  stat: Stats;
}

const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens what a build has left, and hangs on nothing. What counts is whom the opened file belongs to, not its path: a
 * process that got away from the build could still swap any part of that for a link, which root would follow to what is
 * not the service's. Throws StepError for what belongs to anybody but the account.
 */
export function openUnfollowed(path: string, name: string, account: Account): Opened {
  const descriptor = open(path, name);
  const stat = fstatSync(descriptor);
  if (account === null || stat.uid === account.uid) return { descriptor, stat };
  closeSync(descriptor);
  throw new StepError(`${name} belongs to another user than the build ran as: it cannot be packed.`);
}

function open(path: string, name: string): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ELOOP") throw changed(name);
    throw error;
  }
}

export function changed(name: string): StepError {
  return new StepError(
    `${name} changed while it was packed. Does something that the build started still run?`,
  );
}
