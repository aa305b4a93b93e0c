import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { listCommits } from "#server/services/pipeline/list-commits.ts";
import { readServiceSettings } from "./read-service-settings.ts";

/**
 * The newest commit of a branch that counts for the service: of a monorepo, only those do that touch it. Null where none
 * does.
 */
export async function newestOwnCommit(
  mirror: Mirror,
  ref: string,
  service: { settingsPath: string; typedSettings: SettingsFileInput | null },
): Promise<string | null> {
  const { sha, scope } = await readServiceSettings(mirror, ref, service);
  const [newest] = await listCommits(mirror, { ref: sha, ...scope, limit: 1 });
  return newest?.sha ?? null;
}
