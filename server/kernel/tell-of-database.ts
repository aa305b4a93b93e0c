import { existsSync, statfsSync } from "node:fs";
import { databaseAwayText, databaseFullText, isDatabaseFull } from "./database-away.ts";
import { portal } from "./portal.ts";

/** PostgreSQL needs room for a segment of its log, or it ends. */
export const databaseNeedsBytes = 16 * 1024 ** 2;

/** What a visitor is told whose request needed the database, for an error that isDatabaseAway knows. */
export function tellOfDatabase(error: unknown): string {
  return isDatabaseFull(error) || isOwnDiskFull() ? databaseFullText : databaseAwayText;
}

/** The embedded PostgreSQL has ended on a full disk, and cannot say so itself. */
function isOwnDiskFull(): boolean {
  const { settings, folders } = portal();
  if (!settings.isDatabaseEmbedded || !existsSync(folders.databaseFolder)) return false;
  const { bavail, bsize } = statfsSync(folders.databaseFolder);
  return bavail * bsize < databaseNeedsBytes;
}
