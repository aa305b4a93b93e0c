import type { ProcessSettings } from "#server/domain/service-settings.ts";
import { type Run, settingsOf } from "../run.ts";

export function processSettingsOf(run: Run): ProcessSettings {
  const settings = settingsOf(run);
  if (settings.target !== "process") throw new Error("The release does not run in processes.");
  return settings;
}
