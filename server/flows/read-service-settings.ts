import {
  type ServiceSettings,
  type SettingsFile,
  type SettingsFileInput,
  settingsFileSchema,
  settingsFor,
} from "#server/domain/service-settings.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { parseSettingsFileAt } from "#server/services/pipeline/parse-settings-file.ts";
import { readFileAt } from "#server/services/pipeline/read-file-at.ts";
import { resolveRef } from "#server/services/pipeline/resolve-ref.ts";
import { SettingsFileError } from "#server/services/pipeline/settings-file-error.ts";
import type { Scope } from "./commits-between.ts";

export interface SettingsProblem {
  text: string;
  /** Dotted, where a key of the file is wrong. */
  field: string | null;
  line: number | null;
}

export interface SettingsSource {
  from: "file" | "portal";
  sha: string;
  /** Null where there are none, or they cannot be read: `problem` says which. */
  file: SettingsFile | null;
  fileText: string | null;
  problem: SettingsProblem | null;
  scope: Scope;
}

/** A service's settings at a commit, from its file or as typed into the portal. Only an unknown ref throws. */
export async function readServiceSettings(
  mirror: Mirror,
  ref: string,
  service: { settingsPath: string; typedSettings: SettingsFileInput | null },
): Promise<SettingsSource> {
  const { sha } = await resolveRef(mirror, ref);
  if (service.typedSettings !== null) {
    const file = settingsFileSchema.parse(service.typedSettings);
    return { from: "portal", sha, file, fileText: null, problem: null, scope: scopeOf(file, null) };
  }
  const { settingsPath } = service;
  const fileText = await readFileAt(mirror, sha, settingsPath);
  const { file, problem } =
    fileText === null ? { file: null, problem: missing(settingsPath) } : parse(fileText, settingsPath);
  return { from: "file", sha, file, fileText, problem, scope: scopeOf(file, settingsPath) };
}

function missing(settingsPath: string): SettingsProblem {
  const text = `The repository has no ${settingsPath} at this commit. Add one, or type the settings into the portal.`;
  return { text, field: null, line: null };
}

function parse(
  text: string,
  settingsPath: string,
): { file: SettingsFile | null; problem: SettingsProblem | null } {
  try {
    return { file: parseSettingsFileAt(settingsPath, text).file, problem: null };
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error;
    return { file: null, problem: { text: error.message, field: error.field, line: error.line } };
  }
}

/** A change of the settings file, wherever it lies, is one of the service. */
export function scopeOf(file: SettingsFile | null, settingsPath: string | null): Scope {
  const path = file?.path ?? null;
  return { path, also: [...(file?.also ?? []), ...(settingsPath === null ? [] : [settingsPath])] };
}

/** The settings for one environment, or why there are none. */
export function resolveSettings(
  source: Pick<SettingsSource, "file" | "problem">,
  environmentSlug: string,
): { settings: ServiceSettings | null; problem: string | null; field: string | null } {
  if (source.file === null)
    return { settings: null, problem: source.problem?.text ?? "There are no settings.", field: null };
  const resolved = settingsFor(source.file, environmentSlug);
  return resolved.ok
    ? { settings: resolved.settings, problem: null, field: null }
    : { settings: null, problem: resolved.problem, field: resolved.field };
}
