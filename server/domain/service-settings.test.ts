import fc from "fast-check";
import { expect, test } from "vitest";
import {
  findStoredSettings,
  type SettingsFileInput,
  settingsAt,
  settingsFileSchema,
  settingsFor,
  storedSettingsFor,
} from "./service-settings.ts";

function read(input: SettingsFileInput, environmentSlug = "staging") {
  const result = settingsFor(settingsFileSchema.parse(input), environmentSlug);
  if (!result.ok) throw new Error(result.problem);
  return result.settings;
}

test("a start command is enough; the rest has defaults", () => {
  expect(read({ release: { start: "node server.js" } })).toEqual({
    path: null,
    also: [],
    checkout: { submodules: false, lfs: false },
    build: [],
    cache: [],
    test: [],
    include: [],
    migrate: null,
    target: "process",
    start: "node server.js",
    instances: 1,
    health: { path: "/", timeoutMs: 60_000 },
    smoke: null,
    drainMs: 30_000,
    keepWarmMs: 3_600_000,
    canary: null,
    holdback: null,
    env: {},
    limits: {
      steps: { memoryBytes: null, processes: null, cpus: null },
      instances: { memoryBytes: null, processes: null, cpus: null },
    },
    notYetActedOn: [],
  });
});

test("without a start command the problem says what to add", () => {
  expect(settingsFor(settingsFileSchema.parse({ build: "make" }), "staging")).toEqual({
    ok: false,
    problem: expect.stringContaining("release.start"),
    field: "release.start",
  });
});

test("a deploy command is enough where a command releases; the rest has defaults", () => {
  const common = read({ release: { start: "x" }, env: { A: "b" } });
  expect(read({ release: { target: "script", deploy: "./release.sh" }, env: { A: "b" } })).toEqual({
    ...{ path: null, also: [], checkout: common.checkout, build: [], test: [], cache: [] },
    ...{ include: [], migrate: null, limits: common.limits },
    target: "script",
    deploy: [{ name: "deploy", run: "./release.sh" }],
    switchBack: null,
    health: null,
    repeatable: false,
    env: { A: "b" },
    notYetActedOn: [],
  });
  expect(settingsFor(settingsFileSchema.parse({ release: { target: "script" } }), "staging")).toEqual({
    ok: false,
    problem: expect.stringContaining("release.deploy"),
    field: "release.deploy",
  });
});

test("an environment may have another target, with its own keys and none of the other's", () => {
  const input: SettingsFileInput = {
    release: { start: "serve", instances: 3, health: { path: "/up", timeout: "10s" } },
    environments: {
      production: {
        release: {
          target: "script",
          deploy: [{ name: "push", run: "./push.sh", timeout: "15m" }],
          switchBack: "./back.sh",
          health: { run: "./health.sh" },
        },
      },
    },
  };
  expect(read(input)).toMatchObject({ target: "process", start: "serve", instances: 3 });
  const production = read(input, "production");
  expect(production).toMatchObject({
    target: "script",
    deploy: [{ name: "push", run: "./push.sh", timeout: 900_000 }],
    switchBack: [{ name: "switchBack", run: "./back.sh" }],
    health: { run: "./health.sh", timeoutMs: 10_000 },
  });
  expect(production).not.toHaveProperty("instances");
});

test("an environment's own keys win, key by key", () => {
  const input: SettingsFileInput = {
    build: "make",
    env: { LOG_LEVEL: "info", REGION: "eu" },
    release: { start: "serve", instances: 2, health: { path: "/up", timeout: "10s" } },
    environments: {
      production: { env: { LOG_LEVEL: "warn" }, release: { instances: 4, health: { timeout: "90s" } } },
    },
  };
  expect(read(input, "production")).toMatchObject({
    build: [{ name: "build", run: "make" }],
    start: "serve",
    instances: 4,
    health: { path: "/up", timeoutMs: 90_000 },
    env: { LOG_LEVEL: "warn", REGION: "eu" },
  });
  expect(read(input, "staging")).toMatchObject({ instances: 2, env: { LOG_LEVEL: "info", REGION: "eu" } });
  expect(read(input, "constructor")).toMatchObject({ instances: 2 });
});

test("submodules and files in Git LFS are checked out where asked for", () => {
  const { checkout } = read({ checkout: { lfs: true }, release: { start: "x" } });
  expect(checkout).toEqual({ submodules: false, lfs: true });
});

test("a migration's locks are looked for in the database of DATABASE_URL, unless it names another variable", () => {
  const release = { start: "x" };
  expect(read({ migrate: { run: "up" }, release }).migrate).toEqual({
    ...{ run: "up", repeatable: false, reversible: false },
    database: "DATABASE_URL",
    pauseMs: null,
  });
  expect(read({ migrate: { run: "up", pause: "20s" }, release }).migrate?.pauseMs).toBe(20_000);
  expect(read({ migrate: { run: "up", database: "SHOP_DB" }, release }).migrate?.database).toBe("SHOP_DB");
});

test("a file in a folder is for that folder, unless it names another", () => {
  const release = { start: "x" };
  expect(settingsAt("anytime.yaml", { release })).toEqual({ release });
  expect(settingsAt("services/shop/anytime.yaml", { release }).path).toBe("services/shop");
  expect(settingsAt("services/shop/anytime.yaml", { path: "apps", release }).path).toBe("apps");
});

test("commands may be a list of named steps with a time limit", () => {
  const { build } = read({
    build: [
      { name: "install", run: "npm ci" },
      { name: "compile", run: "tsc", timeout: "2m" },
    ],
    release: { start: "x" },
  });
  expect(build).toEqual([
    { name: "install", run: "npm ci" },
    { name: "compile", run: "tsc", timeout: 120_000 },
  ]);
});

test("numbers and truths become texts in the environment", () => {
  expect(read({ env: { PORTS: 3, DEBUG: true }, release: { start: "x" } }).env).toEqual({
    PORTS: "3",
    DEBUG: "true",
  });
});

test("what this version does not act on is named", () => {
  const settings = read({ seed: { run: "x" }, release: { start: "x" } });
  expect(settings.notYetActedOn).toEqual(["seed"]);
});

test("a canary and what is held back have times, and visitors that they stick to", () => {
  const sticky = { cookie: "session" };
  const settings = read({
    release: { start: "x", canary: { share: "2.5%", sticky }, holdback: { share: "5 %" } },
  });
  expect(settings).toMatchObject({
    canary: { share: 0.025, forMs: 300_000, sticky: { by: "cookie", name: "session" } },
    holdback: { share: 0.05, forMs: 1_800_000 },
  });
});

test.each([
  ["an unknown key", { biuld: "make" }],
  ["an unknown key beneath", { release: { start: "x", healt: {} } }],
  ["a path out of the repository", { path: "../other" }],
  ["an absolute path", { path: "/etc" }],
  ["an include out of the repository", { package: { include: ["dist", "a/../../x"] } }],
  ["a target of a later version", { release: { target: "docker", start: "x" } }],
  ["no instance", { release: { start: "x", instances: 0 } }],
  ["half an instance", { release: { start: "x", instances: 1.5 } }],
  ["a health path without a slash", { release: { start: "x", health: { path: "up" } } }],
  ["a time without a unit", { release: { start: "x", drain: "30" } }],
  ["a time beyond the limit", { release: { start: "x", drain: "2h" } }],
  ["an empty command", { build: "  " }],
  ["an empty list of commands", { build: [] }],
  ["a variable that the portal sets", { env: { PORT: "1" } }],
  ["a variable of the portal's own", { env: { ANYTIME_KEY: "1" } }],
  ["a variable that would load code", { env: { LD_PRELOAD: "x" } }],
  ["a variable that is no name", { env: { "A-B": "x" } }],
  ["an address where the name of its variable belongs", { migrate: { run: "x", database: "postgres://db" } }],
  ["a pause that nobody would wait for", { migrate: { run: "x", pause: "31s" } }],
  ["a share beyond all", { release: { start: "x", canary: { share: "110%" } } }],
  ["a share of all", { release: { start: "x", canary: { share: "100%" } } }],
  ["a share of nothing", { release: { start: "x", holdback: { share: "0%" } } }],
  [
    "visitors told apart by two things",
    { release: { start: "x", canary: { share: "1%", sticky: { cookie: "a", header: "b" } } } },
  ],
  ["a slug that is none", { service: "Hello" }],
  ["an environment that is no slug", { environments: { Production: {} } }],
])("%s is refused", (_, input) => {
  expect(settingsFileSchema.safeParse(input).success).toBe(false);
});

test("whatever is typed is read or refused, never thrown at", () => {
  fc.assert(
    fc.property(
      fc.object({ key: fc.constantFrom("build", "release", "env", "start", "__proto__", "x") }),
      (input) => {
        const parsed = settingsFileSchema.safeParse(input);
        if (parsed.success) expect(settingsFor(parsed.data, "staging").ok).toBeTypeOf("boolean");
      },
    ),
  );
});

test("stored settings that this version cannot read are none, and say why", () => {
  expect(findStoredSettings({ release: { start: "./run", instances: 3 } }, "staging")).toMatchObject({
    instances: 3,
  });
  expect(findStoredSettings({ release: {} }, "staging")).toBeNull();
  expect(storedSettingsFor({ release: { start: 7 } }, "staging")).toMatchObject({
    ...{ ok: false, field: "release.start", problem: expect.stringContaining("cannot be read any more") },
  });
});
