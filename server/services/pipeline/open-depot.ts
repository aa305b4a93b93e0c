import type { DataFolder } from "#server/kernel/data-folder.ts";
import type { Settings } from "#server/kernel/env.ts";
import { ArtifactDepot } from "./artifact-depot.ts";
import { S3Store } from "./s3-store.ts";

/** Where this machine keeps artifacts, as the installation's settings say. */
export function openDepot(
  settings: Pick<Settings, "s3">,
  dataFolder: Pick<DataFolder, "artifactsFolder">,
): ArtifactDepot {
  return new ArtifactDepot(
    dataFolder.artifactsFolder,
    settings.s3 === null ? null : new S3Store(settings.s3),
  );
}
