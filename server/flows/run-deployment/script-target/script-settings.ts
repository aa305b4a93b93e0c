import type { ScriptSettings } from "#server/domain/service-settings.ts";
import { type Run, settingsOf } from "../run.ts";

export function scriptSettingsOf(run: Run): ScriptSettings {
  const settings = settingsOf(run);
  if (settings.target !== "script") throw new Error("The release is not deployed by a command.");
  return settings;
}
