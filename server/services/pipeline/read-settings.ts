import { type SettingsFileInput, settingsFileSchema } from "#server/domain/service-settings.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { parseSettingsFileAt, type ReadSettings } from "./parse-settings-file.ts";
import { readFileAt } from "./read-file-at.ts";
import { SettingsFileError } from "./settings-file-error.ts";

/**
 * The settings of a service at a commit: those typed into the portal, else `anytime.yaml` of the repository.
 * Throws SettingsFileError where there is none, or it cannot be read.
 */
export async function readSettings(
  mirror: Mirror,
  sha: string,
  service: { settingsPath: string; typedSettings: SettingsFileInput | null },
): Promise<ReadSettings> {
  if (service.typedSettings !== null) {
    return { file: settingsFileSchema.parse(service.typedSettings), fileInput: service.typedSettings };
  }
  const { settingsPath } = service;
  const text = await readFileAt(mirror, sha, settingsPath);
  if (text !== null) return parseSettingsFileAt(settingsPath, text);
  const message = `there is none at commit ${sha.slice(0, 7)}. Add one, or type the settings into the portal.`;
  throw new SettingsFileError([{ field: null, line: null, message }], settingsPath);
}
