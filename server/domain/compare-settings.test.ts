import { expect, test } from "vitest";
import { compareSettings } from "./compare-settings.ts";
import { type SettingsFileInput, settingsFileSchema, settingsFor } from "./service-settings.ts";

function changes(before: SettingsFileInput, after: SettingsFileInput) {
  const [old, next] = [before, after].map((input) => {
    const read = settingsFor(settingsFileSchema.parse({ release: { start: "serve" }, ...input }), "staging");
    if (!read.ok) throw new Error(read.problem);
    return read.settings;
  });
  return old === undefined || next === undefined ? null : compareSettings(old, next);
}

test("limits are compared as they are written, once", () => {
  expect(changes({}, { limits: { memory: "512MB", cpus: 0.5 } })).toEqual([
    { key: "limits.cpus", before: null, after: "0.5" },
    { key: "limits.memory", before: null, after: "512.0 MiB" },
  ]);
  const own = { start: "serve", limits: { processes: 50 } };
  expect(changes({ limits: { processes: 200 } }, { limits: { processes: 200 }, release: own })).toEqual([
    { key: "release.limits.processes", before: null, after: "50" },
  ]);
});

test("what else counts as the service's is compared as one list", () => {
  expect(changes({ also: ["shared"] }, { also: ["shared", "locks"] })).toEqual([
    { key: "also", before: "shared", after: "shared, locks" },
  ]);
});
