import type { DatabaseClient } from "#db/client.ts";
import type { DataFolder } from "./data-folder.ts";
import type { Settings } from "./env.ts";
import type { Logger } from "./logger.ts";
import { processWide } from "./process-wide.ts";
import type { StoredSecrets } from "./stored-secrets.ts";

/** What the web process opens once, for its bare server and for Next's bundle alike. */
export interface Portal {
  settings: Settings;
  folders: DataFolder;
  secrets: Pick<StoredSecrets, "sessionSecret">;
  logger: Logger;
  database: DatabaseClient;
}

export function openPortal(create: () => Portal): Portal {
  return processWide("portal", create);
}

/** The portal that this process opened. Only code that answers requests may ask. */
export function portal(): Portal {
  return processWide<Portal>("portal", () => {
    throw new Error("Pages are served by server/processes/web.ts, which opens the database first.");
  });
}
