import { expect, test } from "vitest";
import { settingsFileSchema } from "./service-settings.ts";
import { settingsJsonSchema } from "./settings-keys.ts";
import { settingsProblems } from "./settings-problems.ts";

function problemsOf(input: unknown): string[] {
  const parsed = settingsFileSchema.safeParse(input);
  if (parsed.success) return [];
  return settingsProblems(parsed.error, input).map(({ field, message }) => `${field} | ${message}`);
}

test.each([
  [{ biuld: "x" }, "biuld | `biuld` is not a key of anytime.yaml. Did you mean `build`?"],
  [{ release: { helth: {} } }, "release.helth | `helth` is not a key of `release`. Did you mean `health`?"],
  [{ start: "x" }, "start | `start` is not a key of anytime.yaml. It belongs in `release`."],
  [{ keepWarm: "1h" }, "keepWarm | `keepWarm` is not a key of anytime.yaml. It belongs in `release`."],
  ...["__proto__", "constructor", "toString"].map((key): [object, string] => [
    JSON.parse(`{"release": {"${key}": 1}}`),
    `release.${key} | \`${key}\` is not a key of \`release\`. There are: target, start, deploy, switchBack, repeatable, instances, health, smoke, drain, limits, keepWarm, canary, holdback.`,
  ]),
  [{ build: "a\0b" }, "build | `build` has a NUL or half a character in it."],
  [
    { build: [{ name: "a", run: "x", timout: "1m" }] },
    "build.0.timout | `timout` is not a key of `build`. Did you mean `timeout`?",
  ],
  [
    { environments: { production: { relase: {} } } },
    "environments.production.relase | `relase` is not a key of `environments.production`. Did you mean `release`?",
  ],
  [{ build: 5 }, "build | Write a command, or a list of steps, each with `name` and `run`."],
  [{ build: [{ name: "a" }] }, "build.0.run | `run` is missing."],
  [{ release: { instances: "two" } }, "release.instances | `instances` takes a number."],
  [{ release: { instances: 0 } }, "release.instances | At least 1."],
  [{ release: { instances: 51 } }, "release.instances | At most 50."],
  [{ release: null }, "release | `release` is empty: write keys with values beneath it."],
  [{ release: { drain: "soon" } }, "release.drain | Write a duration such as 30s, 5m or 1h."],
  [
    { release: { target: "docker" } },
    "release.target | The target docker is not available yet: use process or script.",
  ],
  [{ release: { target: "magic" } }, "release.target | Write one of: process, script, docker, kubernetes."],
  [
    { release: { target: "script", deploy: "x", instances: 2 } },
    "release.instances | `instances` is for the target process, and this one is script. It takes: deploy, switchBack, repeatable, health.run, health.timeout.",
  ],
  [
    {
      release: { target: "script", deploy: "x" },
      environments: { production: { release: { keepWarm: "1h" } } },
    },
    "environments.production.release.keepWarm | `keepWarm` is for the target process, and this one is script. It takes: deploy, switchBack, repeatable, health.run, health.timeout.",
  ],
  [
    { release: { target: "script", deploy: "x", health: { path: "/" } } },
    "release.health.path | `health.path` is for the target process, and this one is script. It takes: deploy, switchBack, repeatable, health.run, health.timeout.",
  ],
  [
    { release: { start: "x", deploy: "y" } },
    "release.deploy | `deploy` is for the target script, and this one is process. It takes: start, instances, health.path, health.timeout, smoke, drain, limits, keepWarm, canary, holdback.",
  ],
  [{ env: { PORT: "1" } }, "env.PORT | This variable is set by the portal."],
  [{ env: { A: [] } }, "env.A | Write a text, a number, true or false."],
  ["text", " | anytime.yaml needs keys with values beneath it."],
])("%j", (input, problem) => expect(problemsOf(input)).toEqual([problem]));

test("every problem is told, not the first alone", () => {
  expect(problemsOf({ biuld: "x", tset: "y", release: { instances: 0 } })).toHaveLength(3);
});

test("the JSON Schema names the keys that people write", () => {
  const schema = settingsJsonSchema();
  expect(Object.keys(schema.properties ?? {})).toContain("release");
  expect(JSON.parse(JSON.stringify(schema))).toMatchObject({ additionalProperties: false });
});
