import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** One name, several lives: what an earlier one held goes on in the next, and two never act at once. */
const { lab, state } = await openTestLab();

/** Its first build goes on until it is ended; each run of it says so every 50 ms in a file of ours. */
async function askForLongBuild(slug: string) {
  const service = await lab.addService(slug);
  const file = join(lab.openFolder, slug);
  const build = `test -f ${file} || for i in $(seq 600); do echo $$ >> ${file}; sleep 0.05; done; echo $$ >> ${file}; sh build.sh`;
  const commit = await service.repository.commit(
    sampleFiles({ settings: sampleSettings({ build }) }),
    "Slow at first",
  );
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  const writers = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
  await until(
    async () => writers(),
    (lines) => lines.length > 2,
  );
  return { id, writers };
}

function expectOneAfterTheOther(writers: string[]): void {
  const runs = [...new Set(writers)];
  expect(runs).toHaveLength(2);
  // The second wrote once, last of all.
  expect(writers.indexOf(runs[1] ?? "")).toBe(writers.length - 1);
}

const untilSucceeded = (id: number) =>
  until(
    () => state.deployment(id),
    (row) => row.status === "succeeded" && !row.isHeld,
    30_000,
  );

test("a worker that was killed and starts again gives back at once what it held", async () => {
  const victim = await lab.startWorker("phoenix");
  const { id, writers } = await askForLongBuild("phoenix");
  await victim.kill("SIGKILL");
  const next = await lab.startWorker("phoenix");
  // It is ready, and its earlier lease would have lasted for seconds.
  const row = await state.deployment(id);
  expect(row.status === "running" && row.attempt === 1).toBe(false);
  expect(await untilSucceeded(id)).toMatchObject({ attempt: 2 });
  expectOneAfterTheOther(writers());
  expect(await next.stop("end")).toBe(0);
});

test("of two workers with one name the earlier ends itself and says why, and its deployment goes on in the other", async () => {
  const earlier = await lab.startWorker("twin");
  const { id, writers } = await askForLongBuild("twin");
  const later = await lab.startWorker("twin");
  expect(await earlier.exited).toBe(1);
  expect(readFileSync(join(lab.dataFolder, "worker-twin.log"), "utf8")).toContain(
    "Another process has started as the worker twin, so this one ends. Give each a name of its own by ANYTIME_WORKER.",
  );
  expect(await untilSucceeded(id)).toMatchObject({ attempt: 2 });
  expectOneAfterTheOther(writers());
  expect(await later.stop("end")).toBe(0);
});
