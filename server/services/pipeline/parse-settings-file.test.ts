import fc from "fast-check";
import { expect, test } from "vitest";
import { settingsFileSchema, settingsFor } from "#server/domain/service-settings.ts";
import { parseSettingsFile, parseSettingsFileAt } from "./parse-settings-file.ts";
import { SettingsFileError } from "./settings-file-error.ts";

function problemsOf(text: string): string[] {
  try {
    parseSettingsFile(text);
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error;
    return error.problems.map(({ line, field, message }) => `${line ?? "-"} ${field ?? "-"} ${message}`);
  }
  return [];
}

const whole = `
service: hello
path: services/hello
also: [packages/shared]
build: npm ci && npm run build
test:
  - {name: unit, run: npm test, timeout: 2m}
package: {include: [dist, package.json]}
migrate: {run: npm run db:migrate, repeatable: true, reversible: true}
release:
  target: process
  start: node dist/server.js
  instances: 2
  health: {path: /healthz, timeout: 60s}
  smoke: npm run smoke
  drain: 30s
  keepWarm: 1h
  canary: {share: 10%, for: 5m}
seed: {run: npm run db:seed}
env: {LOG_LEVEL: info}
environments:
  production: {release: {instances: 4}}
`;

test("the whole file is read, and reads the same from what is stored of it", () => {
  const { file, fileInput } = parseSettingsFile(whole);
  expect(settingsFor(file, "production")).toMatchObject({
    ok: true,
    settings: { start: "node dist/server.js", instances: 4, test: [{ name: "unit", timeout: 120_000 }] },
  });
  expect(settingsFileSchema.parse(JSON.parse(JSON.stringify(fileInput)))).toEqual(file);
});

test("anchors may be used", () => {
  const text = "build: &b make\ntest: *b\nrelease: {start: x}\n";
  expect(parseSettingsFile(text).file.test).toEqual([{ name: "test", run: "make" }]);
});

test.each([
  ["service: hello\nbiuld: make\n", "2 biuld `biuld` is not a key of anytime.yaml. Did you mean `build`?"],
  [
    "release:\n  start: x\n  health:\n    pth: /up\n",
    "4 release.health.pth `pth` is not a key of `release.health`. Did you mean `path`?",
  ],
  ["release:\n  start: x\n\n  instances: none\n", "4 release.instances `instances` takes a number."],
  ["build:\n  - name: a\n    run: x\n  - name: b\n", "4 build.1.run `run` is missing."],
  ["release:\n  start: x\nenv:\n  PORT: 1\n", "4 env.PORT This variable is set by the portal."],
  ["release: {start: x}\nrelease: {start: y}\n", "2 release `release` is there twice."],
  ["release:\n\tstart: x\n", "2 - A tab stands at the beginning of the line: indent with spaces."],
  ["a: 1\n---\nb: 2\n", "2 - It holds several documents (`---`): write one."],
  ['release:\n  start: x\nenv:\n  A: "a\\0b"\n', "4 env.A `A` has a NUL or half a character in it."],
  ['build:\n- name: "\\ud800"\n  run: x\n', "2 build.0.name `name` has a NUL or half a character in it."],
  ['build: "x\\udc00"\n', "1 build `build` has a NUL or half a character in it."],
  [
    'release: {start: x}\nenvironments:\n  production:\n    release: {smoke: "\\0"}\n',
    "4 environments.production.release.smoke `smoke` has a NUL or half a character in it.",
  ],
  [
    'package:\n  include: ["\\udc00"]\n',
    "2 package.include.0 `include` has a NUL or half a character in it.",
  ],
  ["env:\n  __proto__: x\n", "2 __proto__ `__proto__` is not a key that can be used."],
  ["", "- - The file is empty. It needs at least `release.start`."],
  ["# only this\n", "- - The file is empty. It needs at least `release.start`."],
  ["just text", "1  anytime.yaml needs keys with values beneath it."],
])("%j: %s", (text, problem) => expect(problemsOf(text)).toEqual([problem]));

test("a key that cannot be shown is named as far as it can", () => {
  const odd = `"\\0${"k".repeat(900)}": x\n`;
  expect(problemsOf(odd)[0]).toContain(`\`\uFFFD${"k".repeat(59)}…\` is not a key of anytime.yaml.`);
});

test("a file that cannot be read as a whole is named", () => {
  expect(() => parseSettingsFile("[")).toThrow(expect.objectContaining({ field: "anytime.yaml" }));
});

test("what is no YAML is refused at its line", () => {
  expect(problemsOf("build: [a\nrelease: x\n")[0]).toMatch(/^2 - This is not valid YAML: /);
  expect(problemsOf("build: !!js/function x\n")[0]).toMatch(/^1 - This is not valid YAML: Unresolved tag/);
});

test("merge keys are not followed", () => {
  expect(problemsOf("release: &r {start: x}\nenvironments:\n  production:\n    <<: *r\n")).toEqual([
    expect.stringContaining("`<<` is not a key of `environments.production`"),
  ]);
});

test("every problem is told; the message names the first", () => {
  expect(problemsOf("biuld: x\ntset: y\n")).toHaveLength(2);
  expect(() => parseSettingsFile("biuld: x\ntset: y\n")).toThrow(
    "anytime.yaml, line 1: `biuld` is not a key of anytime.yaml. Did you mean `build`? (and 1 more)",
  );
});

const laughs = Array.from(
  { length: 9 },
  (_, n) =>
    `a${n}: &a${n} [${Array(9)
      .fill(n ? `*a${n - 1}` : "ha")
      .join(", ")}]`,
);

test.each([
  ["a bomb of aliases", laughs.join("\n"), "It repeats itself too often"],
  ["an alias of itself", "build: &a [*a]\n", ""],
  ["64 KiB and more", `build: ${"x".repeat(64 * 1024)}`, "larger than 64 KiB"],
  ["brackets without end", "[".repeat(60_000), "nests too deep"],
  ["braces without end", "{a: ".repeat(15_000), "nests too deep"],
  ["lists in lists without end", "- ".repeat(30_000), "nests too deep"],
  ["thousands of keys", Array.from({ length: 7_000 }, (_, n) => `k${n}: 1`).join("\n"), "is not a key"],
  ["a key that is an object's own", "__proto__: {build: x}\n", "`__proto__` is not a key"],
  ["a NUL", "build: a\0b\n", "NUL"],
])("%s is refused at once", (_, text, message) => {
  const startedAt = performance.now();
  expect(() => parseSettingsFile(text)).toThrow(SettingsFileError);
  expect(() => parseSettingsFile(text)).toThrow(message);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test("whatever is in the file is read or refused", () => {
  const line = fc.tuple(
    fc.constantFrom("", "  ", "    ", "- ", "  - "),
    fc.constantFrom(
      "build",
      "release",
      "start",
      "env",
      "test",
      "name",
      "run",
      "x",
      "&a",
      "*a",
      "? ",
      "{",
      "[",
    ),
    fc.constantFrom(": ", ":", "", ": |", ": >", ": [", ": {", ": *a", ": &a "),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = lines.map((parts) => parts.join("")).join("\n");
      expect(problemsOf(text)).toBeInstanceOf(Array);
    }),
    { numRuns: 500 },
  );
});

test("a file in a folder is for that folder, and what is wrong in it is said by its path", () => {
  const path = "services/blog/anytime.yaml";
  expect(parseSettingsFileAt(path, "build: make\n").fileInput).toEqual({
    path: "services/blog",
    build: "make",
  });
  expect(() => parseSettingsFileAt(path, "instances: 2\n")).toThrow(
    /^services\/blog\/anytime\.yaml, line 1: /,
  );
});
