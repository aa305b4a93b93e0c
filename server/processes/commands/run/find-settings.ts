import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ServiceSettings, settingsFor } from "#server/domain/service-settings.ts";
import { UserError } from "#server/kernel/errors.ts";
import { parseSettingsFile } from "#server/services/pipeline/parse-settings-file.ts";
import { SettingsFileError, settingsFileName } from "#server/services/pipeline/settings-file-error.ts";

export interface FoundSettings {
  file: string;
  /** Where the settings file lies: the root of the checkout. */
  folder: string;
  serviceSlug: string;
  settings: ServiceSettings;
}

/** Reads the nearest `anytime.yaml`, here or above, up to the Git root. Throws UserError naming file and line. */
export function findSettings(folder: string, environmentSlug: string): FoundSettings {
  const file = findFile(folder);
  const parsed = parse(file);
  const resolved = settingsFor(parsed, environmentSlug);
  if (!resolved.ok) throw new UserError(`${file}\n  ${resolved.problem}`);
  return {
    file,
    folder: dirname(file),
    serviceSlug: parsed.service ?? "service",
    settings: resolved.settings,
  };
}

function findFile(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, settingsFileName);
    if (existsSync(file)) return file;
    if (existsSync(join(folder, ".git")) || folder === dirname(folder)) {
      throw new UserError(
        `There is no ${settingsFileName} in ${start}, nor in the folders above it up to ${folder}.`,
      );
    }
  }
}

function parse(file: string) {
  try {
    return parseSettingsFile(readFileSync(file, "utf8")).file;
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error;
    const lines = error.problems.map(
      ({ line, field, message }) =>
        `${file}${line === null ? "" : `:${line}`}\n  ${field === null ? "" : `${field}: `}${message}`,
    );
    throw new UserError(lines.join("\n"));
  }
}
