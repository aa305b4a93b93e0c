import { expect, test } from "vitest";
import { type PlanFacts, planSteps } from "./plan.ts";

const facts: PlanFacts = {
  kind: "deploy",
  release: null,
  poolIsWarm: false,
  settings: {
    build: [{ name: "build", run: "make" }],
    test: [{ name: "test", run: "make test" }],
    migrate: { run: "migrate", repeatable: true, reversible: true, database: "DATABASE_URL", pauseMs: null },
    target: "process",
    health: { path: "/", timeoutMs: 60_000 },
  },
};

function skipped(change: Partial<PlanFacts>): Record<string, string> {
  const steps = planSteps({ ...facts, ...change });
  return Object.fromEntries(steps.flatMap(({ name, skip }) => (skip === null ? [] : [[name, skip]])));
}

test("a first deploy runs every step, in order", () => {
  const names = planSteps(facts).map(({ name }) => name);
  expect(names).toEqual([
    "checkout",
    "build",
    "test",
    "package",
    "migrate",
    "start",
    "verify",
    "switch",
    "drain",
  ]);
  expect(skipped({})).toEqual({});
});

test("a commit that was built before is not built again", () => {
  const why = "#7 is already built";
  expect(skipped({ kind: "promote", release: { number: 7, isArtifactGone: false } })).toEqual({
    checkout: why,
    build: why,
    test: why,
    package: why,
  });
});

test("what is not set is skipped, and says so", () => {
  const health = { path: "/", timeoutMs: 60_000 };
  expect(skipped({ settings: { build: [], test: [], migrate: null, target: "process", health } })).toEqual({
    build: "no build command is set",
    test: "no test command is set",
    migrate: "no migration is set",
  });
});

test("where a command releases nothing is drained, and health is asked where there is a command for it", () => {
  const script = { build: [], test: [], migrate: null, target: "script" as const };
  const asked = skipped({ settings: { ...script, health: { run: "./health.sh", timeoutMs: 60_000 } } });
  expect(asked).toMatchObject({ drain: "what ran before is for the platform to end" });
  expect(asked.verify).toBeUndefined();
  const silent = skipped({ settings: { ...script, health: null } });
  expect(silent.verify).toBe("no health command is set");
});

test("a switch-back changes no data, and starts nothing while the pool is warm", () => {
  const warm = skipped({
    kind: "switch-back",
    release: { number: 6, isArtifactGone: false },
    poolIsWarm: true,
  });
  expect(Object.keys(warm)).toEqual(["checkout", "build", "test", "package", "migrate", "start"]);
  const cold = skipped({ kind: "switch-back", release: { number: 6, isArtifactGone: false } });
  expect(Object.keys(cold)).toEqual(["checkout", "build", "test", "package", "migrate"]);
});

test.each([
  ["restart", "a restart changes no data"],
  ["scale", "another number of instances changes no data"],
  ["configure", "a configuration changes no data"],
] as const)("a %s starts, verifies and switches what is live, and nothing else", (kind, why) => {
  const planned = skipped({ kind, release: { number: 42, isArtifactGone: false }, poolIsWarm: true });
  expect(planned).toEqual({
    ...Object.fromEntries(
      ["checkout", "build", "test", "package"].map((name) => [name, "#42 is already built"]),
    ),
    migrate: why,
  });
});

test("without settings nothing is foreseen as skipped", () => {
  expect(skipped({ settings: null })).toEqual({});
});
