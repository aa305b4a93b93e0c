import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { StepError } from "#server/kernel/errors.ts";
import type { Account } from "#server/kernel/service-accounts.ts";

/**
 * Opens what a build has left, and hangs on nothing. What counts is whom the opened file belongs to, not its path: a
 * process that got away from the build could still swap any part of that for a link, which root would follow to what is
 * not the service's. Throws StepError for what belongs to anybody but the account.
 */
export async function openUnfollowed(path: string, name: string, account: Account): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ELOOP") throw changed(name);
    throw error;
  });
  const { uid } = await handle.stat();
  if (account === null || uid === account.uid) return handle;
  await handle.close();
  throw new StepError(`${name} belongs to another user than the build ran as: it cannot be packed.`);
}

export function changed(name: string): StepError {
  return new StepError(
    `${name} changed while it was packed. Does something that the build started still run?`,
  );
}
