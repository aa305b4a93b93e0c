import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reapLostDeployments } from "#server/flows/reap-lost-deployments.ts";
import { until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** A worker that is stopped as a whole, as a laptop asleep or a machine that swaps: it cannot end its steps itself. */
const { database, lab, state } = await openTestLab();

/** Who wrote to the file, line by line: each run of the build appends its process's number over and over. */
function writers(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

/** Processes that this worker has started beside itself to watch over it. */
function watchdogsOf(workerPid: number): number[] {
  const found = spawnSync("pgrep", ["-P", String(workerPid), "-f", "lease-watchdog"], { encoding: "utf8" });
  return found.stdout.trim().split("\n").filter(Boolean).map(Number);
}

function runsOf(lines: readonly string[]): string[] {
  return [...new Set(lines.filter((line) => !line.startsWith("daemon")))];
}

test("its step is ended before another worker has the deployment, and it does nothing more when it wakes", async () => {
  const first = await lab.startWorker("sleeper");
  const service = await lab.addService("sleepy");
  const file = join(lab.openFolder, "writers");
  const write = `i=0; while [ $i -lt 200 ]; do echo $$ >> ${file}; sleep 0.05; i=$((i+1)); done; sh build.sh`;
  // Also what has left the group and the session of its shell.
  const build = `(setsid sh -c 'while :; do echo daemon-$$ >> ${file}; sleep 0.05; done' &); ${write}`;
  const settings = sampleSettings({ build });
  const commit = await service.repository.commit(sampleFiles({ settings }), "Slow");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await until(
    async () => writers(file),
    (lines) => lines.length > 4,
  );
  // A watchdog that dies is there again, and knows what it had to watch.
  const [watchdog = 0] = watchdogsOf(first.pid);
  process.kill(watchdog, "SIGKILL");
  await until(
    async () => watchdogsOf(first.pid),
    ([next]) => next !== undefined && next !== watchdog,
  );
  await first.kill("SIGSTOP");
  const second = await lab.startWorker("wakeful");
  await until(
    async () => {
      await reapLostDeployments(database.ctx);
      return runsOf(writers(file));
    },
    (runs) => runs.length === 2,
    20_000,
  );
  await first.kill("SIGCONT");
  const row = await until(
    () => state.deployment(id),
    ({ status, isHeld }) => status !== "running" && !isHeld,
    30_000,
  );
  expect(row).toMatchObject({ status: "succeeded", attempt: 2 });
  const lines = writers(file);
  const runs = runsOf(lines);
  expect(runs).toHaveLength(2);
  // Nothing of the first run wrote after the second had begun.
  const begun = lines.indexOf(runs[1] ?? "");
  const before = new Set(lines.slice(0, begun).filter((line) => line.startsWith("daemon")));
  expect(lines.slice(begun).filter((line) => before.has(line) || line === runs[0])).toEqual([]);
  expect(await first.stop("end")).toBe(0);
  expect(await second.stop("end")).toBe(0);
}, 90_000);
