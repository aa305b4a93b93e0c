import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { repositoryRoot } from "#server/kernel/env.ts";
import { startTimeOf } from "#server/kernel/process-identity.ts";
import { makeScratch } from "#server/services/pipeline/testing/scratch.ts";

const scratch = makeScratch();
const checkout = scratch.at("hello");
const temporary = scratch.at("tmp");
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  scratch.remove();
});
beforeEach(() => {
  for (const folder of [checkout, temporary]) rmSync(folder, { recursive: true, force: true });
  cpSync(join(repositoryRoot, "examples/hello"), checkout, { recursive: true });
  rmSync(join(checkout, "dist"), { recursive: true, force: true });
  mkdirSync(join(checkout, ".git"));
  mkdirSync(temporary);
});

/** `anytime run` as a user runs it: a process of its own, with no portal and no database anywhere. */
function anytimeRun(parameters: string[], folder = checkout) {
  const cli = join(repositoryRoot, "server/processes/cli.ts");
  const child = spawn(process.execPath, [cli, "run", ...parameters], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: temporary,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const ended = once(child, "close").then(([code]) => code as number);
  return { child, ended, text: () => text };
}

async function finished(parameters: string[], folder = checkout): Promise<{ code: number; text: string }> {
  const run = anytimeRun(parameters, folder);
  return { code: await run.ended, text: run.text() };
}

test("runs all steps of the sample service, and ends when it is healthy", async () => {
  const { code, text } = await finished(["--once"]);
  expect(text).toMatch(/hello {2}staging, .*anytime\.yaml/);
  const steps = [...text.matchAll(/^✓ (\w+) \d/gm)].map((match) => match[1]);
  expect(steps).toEqual(["build", "test", "package", "start", "verify"]);
  expect(text).toContain("release local listens on port");
  expect(stripVTControlCharacters(text)).toBe(text);
  expect(code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

test("release commands are not run here: the rest is, and it says so", async () => {
  cpSync(join(repositoryRoot, "examples/script-target"), checkout, { recursive: true, force: true });
  const { code, text } = await finished([]);
  expect([...text.matchAll(/^✓ (\w+) \d/gm)].map((match) => match[1])).toEqual(["test", "package"]);
  expect(text).toContain("release commands are not run here");
  expect(code).toBe(0);
  const start = await finished(["start"]);
  expect(start.text).toContain("release commands are not run here");
});

test("keeps the service running until Ctrl-C, with the environment's settings", async () => {
  const { child, ended, text } = anytimeRun(["start", "--environment", "production"], join(checkout, "src"));
  await vi.waitFor(() => expect(text()).toContain("no dist after the build"), { timeout: 10_000 });
  expect(await ended).toBe(1);
  expect(child.exitCode).toBe(1);

  expect((await finished(["build"])).code).toBe(0);
  const serving = anytimeRun(["start", "--environment", "production"], join(checkout, "src"));
  const address = await vi.waitFor(
    () => /(http:\S+)\s+Ctrl-C ends it/.exec(serving.text())?.[1] ?? expect.fail("not yet up"),
    { timeout: 20_000 },
  );
  const facts = await (await fetch(`${address}api/hello`)).json();
  expect(facts).toMatchObject({ environment: "production", release: "local", greeting: "Hello, world" });
  serving.child.kill("SIGINT");
  expect(await serving.ended).toBe(0);
  await expect(fetch(address)).rejects.toThrow();
  expect(readdirSync(temporary)).toEqual([]);
});

test("Ctrl-C ends what the step has started, also where it left the process group", async () => {
  const yaml = "service: hello\nbuild: setsid sleep 300 & echo left $!; wait\nrelease: {start: x}\n";
  writeFileSync(join(checkout, "anytime.yaml"), yaml);
  const { child, ended, text } = anytimeRun(["build"]);
  const left = await vi.waitFor(() => /left (\d+)/.exec(text())?.[1] ?? expect.fail("not yet begun"), {
    timeout: 10_000,
  });
  child.kill("SIGINT");
  expect(await ended).toBe(1);
  expect(startTimeOf(Number(left))).toBeNull();
});

test("one step runs alone", async () => {
  const { code, text } = await finished(["build"]);
  expect(code).toBe(0);
  expect(text).not.toContain("✓ test");
  expect(existsSync(join(checkout, "dist/server.mjs"))).toBe(true);
});

test("a failing step ends the run with its reason and exit code 1", async () => {
  writeFileSync(join(checkout, "build.mjs"), "console.log('half done'); process.exit(3);\n");
  const { code, text } = await finished([]);
  expect(code).toBe(1);
  expect(text).toMatch(/half done\n✗ build failed .*\n {2}`node build\.mjs` exited with code 3\./);
  expect(text).not.toMatch(/^test$/m);
});

test("a service that never gets healthy fails at verify", async () => {
  const yaml =
    "service: hello\nrelease:\n  start: echo no; exit 9\n  health: {path: /healthz, timeout: 5s}\n";
  writeFileSync(join(checkout, "anytime.yaml"), yaml);
  const { code, text } = await finished([]);
  expect(text).toContain("- build skipped: no build command is set");
  expect(text).toMatch(/✗ verify failed .*\n.*the start command exited with code 9/);
  expect(code).toBe(1);
});

test.each<[string, string[], string]>([
  ["an unknown step", ["biuld"], "There is no step biuld"],
  ["an unknown option", ["--fast"], "--fast"],
  ["an environment that is none", ["--environment", "Not One"], "not the name of an environment"],
])("%s ends with exit code 2", async (_, parameters, message) => {
  const { code, text } = await finished(parameters);
  expect(text).toContain(message);
  expect(text).not.toContain("    at ");
  expect(code).toBe(2);
});

test("settings that cannot be read are named by file and line", async () => {
  writeFileSync(
    join(checkout, "anytime.yaml"),
    "service: hello\nbiuld: make\nrelease: {start: x, instances: 0}\n",
  );
  const { code, text } = await finished([]);
  expect(text).toContain(`${checkout}/anytime.yaml:2\n`);
  expect(text).toContain("Did you mean `build`?");
  expect(text).toContain(`${checkout}/anytime.yaml:3\n  release.instances: At least 1.`);
  expect(code).toBe(2);
});

test("the search for settings ends at the Git root", async () => {
  const inner = join(checkout, "src/inner");
  mkdirSync(join(inner, ".git"), { recursive: true });
  const { code, text } = await finished([], inner);
  expect(text).toContain(`There is no anytime.yaml in ${inner}`);
  expect(code).toBe(2);
});
