import type { KeptDays } from "#server/domain/count-steps.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import type { Settings } from "#server/kernel/env.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";

/** What flows need to know of the installation besides its database. */
export interface Installation {
  mirrorsFolder: string;
  /** Where the portal keeps repositories that it made itself. */
  repositoriesFolder: string;
  /** Repositories beneath these may be named by their path. */
  allowedLocalFolders: readonly string[];
  routerPort: number;
  /** Where services tell of themselves, without a slash at its end. */
  telemetryUrl: string;
  /** Whether its database is the embedded one, which stands on one machine. */
  isDatabaseEmbedded: boolean;
  keepLogsDays: number;
  keepCountsDays: KeptDays;
  /** Open what credentials are sealed with. */
  sealingKeys: SealingKeys;
}

export function installationOf(settings: Settings, folders: DataFolder): Installation {
  return {
    mirrorsFolder: folders.mirrorsFolder,
    repositoriesFolder: folders.repositoriesFolder,
    allowedLocalFolders: [...settings.allowLocalRepositories, folders.repositoriesFolder],
    routerPort: settings.routerPort,
    telemetryUrl: settings.telemetryUrl,
    isDatabaseEmbedded: settings.isDatabaseEmbedded,
    keepLogsDays: settings.keepLogsDays,
    keepCountsDays: settings.keepCountsDays,
    sealingKeys: sealingKeys(settings, folders.secretsFile),
  };
}
