import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { afterAll, expect, test, vi } from "vitest";
import { type CommandRun, runCommand } from "./run-command.ts";
import { makeScratch } from "./testing/scratch.ts";

const scratch = makeScratch();
afterAll(scratch.remove);

async function run(command: string, change: Partial<CommandRun> = {}) {
  const output: Buffer[] = [];
  const result = await runCommand({
    command,
    cwd: scratch.folder,
    env: { PATH: process.env.PATH ?? "" },
    timeoutMs: 20_000,
    onOutput: (chunk) => void output.push(chunk),
    ...change,
  });
  return { ...result, output: Buffer.concat(output).toString() };
}

/** Living processes that have this word in their command line. */
function processesWith(word: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word);
      } catch {
        return false;
      }
    });
}

test("tells the exit code, and gives both outputs in their order", async () => {
  const result = await run("echo out; echo err >&2; echo out; exit 3");
  expect(result).toMatchObject({ exitCode: 3, signal: null, timedOut: false, output: "out\nerr\nout\n" });
});

test("runs in the folder, with the given environment, its own mark and nothing else", async () => {
  const { output } = await run("pwd; env", { env: { PATH: "/usr/bin:/bin", GREETING: "hi there" } });
  const names = output
    .split("\n")
    .slice(1)
    .filter(Boolean)
    .map((line) => line.split("=")[0]);
  expect(output).toContain(scratch.folder);
  expect(output).toContain("GREETING=hi there");
  expect(names.sort()).toEqual(
    ["ANYTIME_COMMAND", "GREETING", "OLDPWD", "PATH", "PWD", "_"].filter((name) => names.includes(name)),
  );
});

test("the command gets no open file but its input and outputs", async () => {
  const { output } = await run("ls /proc/self/fd");
  // The fourth is the folder that `ls` itself reads; high ones come from whoever started the tests.
  expect(output.split("\n").filter((fd) => fd.length === 1)).toEqual(["0", "1", "2", "3"]);
});

test("tells the signal that ended it", async () => {
  expect(await run("kill -SEGV $$")).toMatchObject({ exitCode: null, signal: "SIGSEGV" });
});

test("a time limit ends the whole group, grandchildren too", async () => {
  const result = await run("echo begun; (sleep 7100 & sleep 7101) & sh -c 'sleep 7102; true'; echo no", {
    timeoutMs: 200,
  });
  expect(result).toMatchObject({ timedOut: true, exitCode: null, output: "begun\n" });
  expect(result.durationMs).toBeLessThan(5_000);
  for (const seconds of ["7100", "7101", "7102"]) expect(processesWith(`sleep\0${seconds}`)).toEqual([]);
});

test("what does not listen to TERM is killed after the grace period", async () => {
  const result = await run("trap '' TERM; (trap '' TERM; sleep 7200) & sleep 7201; sleep 7202", {
    timeoutMs: 100,
  });
  expect(result.timedOut).toBe(true);
  expect(result.durationMs).toBeGreaterThan(1_900);
  for (const seconds of ["7200", "7201", "7202"]) expect(processesWith(`sleep\0${seconds}`)).toEqual([]);
});

test("a command may end in peace when it is told to", async () => {
  const result = await run("trap 'echo bye; exit 0' TERM; echo hi; while :; do sleep 0.05; done", {
    timeoutMs: 300,
  });
  expect(result).toMatchObject({ exitCode: 0, timedOut: true });
  expect(result.output).toContain("bye\n");
});

test("an abort ends it", async () => {
  const abort = new AbortController();
  const result = await run("echo hi; sleep 7300", {
    signal: abort.signal,
    onOutput: () => abort.abort(),
  });
  expect(result).toMatchObject({ exitCode: null, signal: "SIGTERM", timedOut: false });
  expect(processesWith("sleep\x007300")).toEqual([]);
});

test("what a command leaves behind is ended with it", async () => {
  const result = await run("sleep 7400 & (sleep 7401 &) ; echo done");
  expect(result).toMatchObject({ exitCode: 0, output: "done\n" });
  await vi.waitFor(() => expect(processesWith("sleep\x00740")).toEqual([]));
});

const left = "setsid sh -c 'echo $$ > pid; exec sleep 7800' & while [ ! -s pid ]; do sleep 0.01; done";

test.each<[string, string, Partial<CommandRun>]>([
  ["succeeds", `${left}; echo done`, {}],
  ["fails", `${left}; exit 3`, {}],
  ["takes too long", `${left}; sleep 7801`, { timeoutMs: 500 }],
])("what left the group is ended with a command that %s", async (_, command, change) => {
  rmSync(scratch.at("pid"), { force: true });
  const { durationMs } = await run(command, change);
  expect(durationMs).toBeLessThan(5_000);
  expect(readFileSync(scratch.at("pid"), "utf8")).toMatch(/^\d+$/m);
  expect(processesWith("sleep\x00780")).toEqual([]);
});

test("what left the group is ended on an abort, even if it does not listen", async () => {
  const abort = new AbortController();
  const daemon = "trap '' TERM; echo up; while :; do sleep 0.1; done #7850";
  await run(`setsid sh -c "${daemon}" & sleep 7851`, {
    signal: abort.signal,
    onOutput: () => abort.abort(),
  });
  expect(processesWith("7850")).toEqual([]);
});

test.each([
  ["a silent one", "exec sleep 60"],
  ["one that chats", "while :; do echo tick; sleep 0.05; done"],
  ["one that floods", "exec yes"],
])("a process that got away cannot keep the step open: %s", async (_, command) => {
  const daemon = `setsid env -i PATH="$PATH" sh -c 'echo $$ > pid; ${command}'`;
  const result = await run(`rm -f pid; ${daemon} & while [ ! -s pid ]; do sleep 0.01; done`, {
    onOutput: () => undefined,
  });
  process.kill(Number(readFileSync(scratch.at("pid"), "utf8")), "SIGKILL");
  expect(result).toMatchObject({ exitCode: 0, timedOut: false });
  expect(result.durationMs).toBeLessThan(5_000);
});

test("200 MB of output pass through without staying in memory", async () => {
  let bytes = 0;
  let most = 0;
  const before = process.memoryUsage().rss;
  const result = await run("head -c 200000000 /dev/zero | tr '\\0' x", {
    onOutput: (chunk) => {
      bytes += chunk.length;
      most = Math.max(most, process.memoryUsage().rss);
    },
  });
  expect(result.exitCode).toBe(0);
  expect(bytes).toBe(200_000_000);
  expect(most - before).toBeLessThan(100_000_000);
});

test("a slow reader holds the command back, and gets all of it", async () => {
  let taking = 0;
  let bytes = 0;
  await run("head -c 3000000 /dev/zero", {
    onOutput: async (chunk) => {
      taking += 1;
      expect(taking).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      bytes += chunk.length;
      taking -= 1;
    },
  });
  expect(bytes).toBe(3_000_000);
});

test("when the output cannot be taken the command is ended, and the reason is thrown", async () => {
  const failing = run("echo hi; sleep 7500", {
    onOutput: () => {
      throw new Error("the log is gone");
    },
  });
  await expect(failing).rejects.toThrow("the log is gone");
  expect(processesWith("sleep\x007500")).toEqual([]);
});

test("a folder that is not there is an error", async () => {
  await expect(run("true", { cwd: scratch.at("none") })).rejects.toThrow("ENOENT");
});

test("nothing goes on when the process that runs it is killed", async () => {
  const module = new URL("./run-command.ts", import.meta.url).href;
  const script = `
    import { runCommand } from ${JSON.stringify(module)};
    await runCommand({ command: "echo begun; sleep 7600 & sleep 7601", cwd: "/", env: { PATH: process.env.PATH },
      timeoutMs: null, onOutput: (chunk) => process.stdout.write(chunk) });`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(parent.stdout, "data");
  await vi.waitFor(() => expect(processesWith("sleep\x00760")).toHaveLength(2));
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(processesWith("sleep\x00760")).toEqual([]), { timeout: 5_000 });
});
