import { formatBytes } from "#server/domain/bytes.ts";
import type { ServiceSettings } from "#server/domain/service-settings.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import type { LocalStore } from "./local-store.ts";
import type { Output } from "./output.ts";
import { type PackedArtifact, packArtifact } from "./pack-artifact.ts";

/** The step `package`: what the settings include is packed, ready for the store. Throws StepError. */
export async function packageArtifact(run: {
  settings: Pick<ServiceSettings, "include">;
  folder: string;
  store: LocalStore;
  /** Whom the build ran as; where left out, as the portal itself. */
  account?: Account;
  output: Output;
  signal?: AbortSignal | undefined;
}): Promise<PackedArtifact> {
  const { include } = run.settings;
  const { folder, store, account = null, signal } = run;
  run.output.note(`Packing ${include.length === 0 ? "the whole folder" : include.join(", ")}`);
  const artifact = await packArtifact({ folder, include, store, account, signal });
  run.output.note(
    `${artifact.fileCount} ${artifact.fileCount === 1 ? "file" : "files"}, ${formatBytes(artifact.bytes)}, ` +
      `sha256 ${artifact.digest}`,
  );
  return artifact;
}
