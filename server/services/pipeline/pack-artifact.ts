import type { Account } from "#server/kernel/service-accounts.ts";
import type { PackedFile } from "./artifact-work.ts";
import type { LocalStore } from "./local-store.ts";
import { runArtifactWork } from "./run-artifact-work.ts";

export interface PackedArtifact extends PackedFile {
  /** Packed, beside the store and not in it yet. */
  file: string;
}

/**
 * Packs what a build made. The same tree gives the same digest on every machine: it is that of the tar, in which names
 * are sorted, there are no times or owners, and modes are 755 or 644. Throws StepError for what cannot be packed.
 */
export async function packArtifact(input: {
  folder: string;
  /** Files and folders relative to `folder`; empty means all of it. */
  include: readonly string[];
  store: LocalStore;
  /** Whom everything in the folder must belong to, where the build ran as somebody else. */
  account?: Account;
  /** For caches: tools look at them. */
  keepTimes?: boolean;
  signal?: AbortSignal | undefined;
}): Promise<PackedArtifact> {
  const { folder, include, store, account = null, keepTimes = false, signal } = input;
  const file = await store.incoming();
  const packed = await runArtifactWork({ kind: "pack", folder, include, account, keepTimes, file }, signal);
  return { ...packed, file };
}
