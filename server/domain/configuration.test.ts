import { expect, test } from "vitest";
import { compareConfigurable } from "./compare-settings.ts";
import {
  type ConfigurationChange,
  changeBetween,
  changeConfiguration,
  compareConfigurations,
  configurationProblem,
  layConfiguration,
  nameProblem,
  reservedNamesText,
  unstoredSecret,
  withoutValues,
  withStored,
} from "./configuration.ts";

const own = { instances: 2, env: { LOG_LEVEL: "info", REGION: "eu" } };
const before = { instances: null, variables: { LOG_LEVEL: "debug", OLD: "1" }, secrets: {} };

test("what is configured counts over the release's own settings, name by name", () => {
  expect(layConfiguration(own, null)).toEqual(own);
  expect(layConfiguration(own, { ...before, instances: 4, variables: { LOG_LEVEL: "debug" } })).toEqual({
    instances: 4,
    env: { LOG_LEVEL: "debug", REGION: "eu" },
  });
  expect(layConfiguration(own, before).instances).toBe(2);
});

test("a change sets, changes and removes; what it leaves out stays", () => {
  const after = changeConfiguration(before, { variables: { NEW: "x", LOG_LEVEL: "", OLD: null } });
  expect(after).toEqual({ instances: null, variables: { LOG_LEVEL: "", NEW: "x" }, secrets: {} });
  expect(Object.keys(after.variables)).toEqual(["LOG_LEVEL", "NEW"]);
  expect(changeConfiguration(after, { instances: 3 })).toEqual({ ...after, instances: 3 });
  expect(changeConfiguration({ ...after, instances: 3 }, { instances: null })).toEqual(after);
});

test("the change between two contents leads from one to the other", () => {
  const after = { instances: 5, variables: { LOG_LEVEL: "warn", NEW: "x" }, secrets: {} };
  expect(changeConfiguration(before, withStored(changeBetween(before, after)))).toEqual(after);
  expect(changeConfiguration(null, withStored(changeBetween(null, after)))).toEqual(after);
});

test("differences are named without a value", () => {
  const after = { instances: 4, variables: { LOG_LEVEL: "warn", NEW: "private" }, secrets: {} };
  const differences = compareConfigurations(before, after);
  expect(differences.map(({ name, change }) => `${name} ${change}`)).toEqual([
    "instances set",
    "LOG_LEVEL changed",
    "NEW set",
    "OLD removed",
  ]);
  expect(JSON.stringify(differences)).not.toContain("private");
  expect(withoutValues(after).variables).toEqual({ LOG_LEVEL: "(not shown)", NEW: "(not shown)" });
});

test("a preview says what instances would get, whoever it comes from", () => {
  const after = layConfiguration(own, { ...before, instances: 4, variables: { REGION: "us" } });
  expect(compareConfigurable(layConfiguration(own, before), after)).toEqual([
    { key: "env.LOG_LEVEL", before: "debug", after: "info" },
    { key: "env.OLD", before: "1", after: null },
    { key: "env.REGION", before: "eu", after: "us" },
    { key: "instances", before: "2", after: "4" },
  ]);
});

const many = (count: number, value = "x") =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`NAME_${index}`, value]));

test.each<[ConfigurationChange, field: string]>([
  [{ instances: 0 }, "instances"],
  [{ instances: 51 }, "instances"],
  [{ instances: 1.5 }, "instances"],
  [{ variables: { "": "x" } }, "variables."],
  [{ variables: { "1ST": "x" } }, "variables.1ST"],
  [{ variables: { "A-B": "x" } }, "variables.A-B"],
  [{ variables: { ["A".repeat(129)]: "x" } }, `variables.${"A".repeat(129)}`],
  [{ variables: { FINE: "x", PORT: "80" } }, "variables.PORT"],
  [{ variables: { HOST: "here" } }, "variables.HOST"],
  [{ variables: { ANYTIME_RELEASE: "1" } }, "variables.ANYTIME_RELEASE"],
  [{ variables: { LD_PRELOAD: "x" } }, "variables.LD_PRELOAD"],
  [{ variables: { LD_PRELOAD: "x" } }, "variables.LD_PRELOAD"],
  [{ variables: { A: "a\0b" } }, "variables.A"],
  [{ variables: { A: "\uD800" } }, "variables.A"],
  [{ variables: { A: "é".repeat(16 * 1024 + 1) } }, "variables.A"],
  [{ secrets: { "A-B": "x" } }, "secrets.A-B"],
  [{ secrets: { PORT: "80" } }, "secrets.PORT"],
  [{ secrets: { A: "" } }, "secrets.A"],
  [{ secrets: { A: "a\0b" } }, "secrets.A"],
  [{ secrets: { A: "x".repeat(64 * 1024) } }, "secrets.A"],
  [{ secrets: { OLD: "x" } }, "secrets.OLD"],
  [{ secrets: { BOTH: "x" }, variables: { BOTH: "x" } }, "secrets.BOTH"],
  [{ secrets: many(199) }, "variables"],
  [{ secrets: many(33, "x".repeat(32 * 1024)) }, "variables"],
  [{ variables: many(199) }, "variables"],
  [{ variables: many(33, "x".repeat(32 * 1024)) }, "variables"],
])("%j is refused at %s", (change, field) => {
  expect(configurationProblem(before, change)).toMatchObject({ field, message: expect.any(String) });
});

test("what is just within the limits is taken, and so is removing what may not be set", () => {
  expect(configurationProblem(before, { variables: many(198), instances: 50 })).toBeNull();
  expect(configurationProblem(null, { variables: { A: "x".repeat(32 * 1024) } })).toBeNull();
  expect(configurationProblem(before, { variables: { ["A".repeat(128)]: "" } })).toBeNull();
  expect(configurationProblem(before, { variables: { PORT: null } })).toBeNull();
});

test("a plain variable becomes a secret, and a secret plain, where one change says both", () => {
  const secret = { ...before, secrets: { KEY: 3 } };
  expect(configurationProblem(before, { secrets: { OLD: "x" }, variables: { OLD: null } })).toBeNull();
  expect(configurationProblem(secret, { variables: { KEY: "x" } })).toMatchObject({ field: "variables.KEY" });
  expect(configurationProblem(secret, { variables: { KEY: "x" }, secrets: { KEY: null } })).toBeNull();
});

test("secrets are named by ids, and told apart by them", () => {
  const stored = changeConfiguration(
    before,
    withStored({ secrets: { KEY: "one", B: { id: 2 } } }, { KEY: 7 }),
  );
  expect(stored.secrets).toEqual({ B: 2, KEY: 7 });
  const after = { ...stored, secrets: { KEY: 8 } };
  expect(
    compareConfigurations(stored, after).map(({ name, of, change }) => `${of} ${name} ${change}`),
  ).toEqual(["secrets B removed", "secrets KEY changed"]);
  expect(changeBetween(stored, after).secrets).toEqual({ KEY: { id: 8 }, B: null });
  const typed = { ...stored, secrets: { ...stored.secrets, NEW: unstoredSecret } };
  expect(changeBetween(stored, typed, { NEW: "two" }).secrets).toEqual({ NEW: "two" });
  expect(JSON.stringify(withoutValues(stored))).not.toContain("one");
});

test.each(["PORT", "HOST", "NODE_OPTIONS", "ANYTIME_URL", "LD_PRELOAD", "DYLD_INSERT"])(
  "%s is refused as a name, and whoever chooses one is told beforehand",
  (name) => {
    expect(nameProblem(name)).toBe(`${name} is set by the portal: choose another name.`);
    expect(reservedNamesText).toContain(name.replace(/^([A-Z]+_)(?!OPTIONS).*/, "$1…"));
  },
);
