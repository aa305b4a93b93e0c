import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { listCommits } from "#server/services/pipeline/list-commits.ts";
import { readServiceSettings } from "./read-service-settings.ts";

/**
 * What to deploy where nobody says which commit: the newest of the default branch that touches the service. The branch
 * itself where none does, or where it names none.
 */
export async function newestOwnCommit(
  mirror: Mirror,
  service: { defaultBranch: string; settingsPath: string; typedSettings: SettingsFileInput | null },
): Promise<string> {
  const { sha, scope } = await readServiceSettings(mirror, service.defaultBranch, service);
  if (scope.path === null) return sha;
  const [newest] = await listCommits(mirror, { ref: sha, ...scope, limit: 1 });
  return newest?.sha ?? sha;
}
