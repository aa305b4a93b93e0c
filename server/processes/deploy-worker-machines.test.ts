import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canMount, fillDisk, mountSmallDisk, unmount } from "#server/kernel/testing/small-disk.ts";
import { until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { isOver } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";
import { startWorkerProcess } from "./deploy-worker/testing/worker-process.ts";

/** Machines that are not as one would like them: far from the artifact, full, or with a clock that jumps. */
const { database, lab, state } = await openTestLab();

const untilOver = (id: number) => until(() => state.deployment(id), isOver, 30_000);

test("a release whose artifact lies on another worker's machine fails with where it is", async () => {
  const maker = await lab.startWorker("maker");
  const service = await lab.addService("far");
  const commit = await service.repository.commit(sampleFiles(), "First");
  const made = await untilOver(await lab.ask({ serviceEnvironmentId: service.staging, commit }));
  expect(await maker.stop("keep")).toBe(0);
  const dataFolder = join(lab.openFolder, "other-machine");
  mkdirSync(dataFolder);
  const other = await startWorkerProcess({ databaseUrl: database.url, dataFolder, name: "other" });
  const release = { id: made.releaseId ?? 0, number: 1 };
  const id = await lab.ask({ serviceEnvironmentId: service.production, kind: "promote", commit, release });
  const row = await untilOver(id);
  expect(row).toMatchObject({ status: "failed", failedStep: "start" });
  expect(row.reason).toMatch(
    /^The artifact of #1 is not on the machine of other, .* It is on the machine of maker \(/,
  );
  expect(await other.stop("end")).toBe(0);
});

const large = "sh build.sh; head -c 1000000 /dev/urandom > dist/large";

/** What runs full, where that stops a deployment, and what the next one is like. */
const fullDisks = [
  { of: "artifacts", failedStep: "package", fillWith: "bytes", settings: sampleSettings({ build: large }) },
  { of: "mirrors", failedStep: "checkout", fillWith: "bytes", more: { large: incompressible() } },
  { of: "workspaces", failedStep: "checkout", fillWith: "bytes", more: { large: incompressible() } },
  { of: "releases", failedStep: "start", fillWith: "bytes", settings: sampleSettings({ build: large }) },
  { of: "logs/instances", failedStep: "verify", fillWith: "files" },
] as const;

function incompressible(): string {
  return randomBytes(600_000).toString("hex");
}

test.runIf(canMount).for(fullDisks)(
  "with the disk of $of full a deployment fails with the folder and what is free; with room again the next one works",
  { timeout: 90_000 },
  async ({ of, failedStep, fillWith, ...change }, { skip }) => {
    const [folder, slug] = [join(lab.dataFolder, of), `narrow-${of.replace("/", "-")}`];
    if (!mountSmallDisk(folder, "3m,nr_inodes=600")) skip("This machine lets nobody mount a small disk.");
    try {
      const worker = await lab.startWorker(slug);
      const service = await lab.addService(slug);
      const deploy = async (commit: { sha: string; subject: string }) =>
        untilOver(await lab.ask({ serviceEnvironmentId: service.staging, commit }));
      const first = await deploy(await service.repository.commit(sampleFiles(), "First"));
      expect(first).toMatchObject({ status: "succeeded", reason: null });
      const makeRoom = fillDisk(folder, fillWith);
      const { settings, more } = { settings: sampleSettings(), more: {}, ...change };
      const commit = await service.repository.commit({ ...sampleFiles({ settings }), ...more }, "Next");
      const full = await deploy(commit);
      expect(full).toMatchObject({ status: "failed", failedStep });
      const what = fillWith === "bytes" ? ".* of 3\\.0 MiB are free" : "no file more fits";
      expect(full.reason).toMatch(new RegExp(`The disk of ${folder} is full: ${what}\\. Make room there`));
      expect(await state.liveInstances(service.staging)).toHaveLength(2);
      makeRoom();
      expect(await deploy(commit)).toMatchObject({ status: "succeeded", reason: null });
      expect(await worker.stop("end")).toBe(0);
    } finally {
      unmount(folder);
    }
  },
);

/** Shifts what `Date` says by the hours that stand in a file, whenever it is asked. */
const jumpingClock = (file: string) => `
import { readFileSync } from "node:fs";
const RealDate = Date;
const shiftMs = () => Number(readFileSync(${JSON.stringify(file)}, "utf8")) * 3_600_000;
globalThis.Date = class extends RealDate {
  constructor(...given) { super(...(given.length === 0 ? [RealDate.now() + shiftMs()] : given)); }
  static now() { return RealDate.now() + shiftMs(); }
};
`;

test("a clock that jumps hours ahead and back under a worker ends no lease and falsifies no time", async () => {
  const [clock, hours] = [join(lab.openFolder, "clock.mjs"), join(lab.openFolder, "hours")];
  writeFileSync(hours, "0");
  writeFileSync(clock, jumpingClock(hours));
  const worker = await lab.startWorker("leaper", { NODE_OPTIONS: `--import ${clock}` });
  const service = await lab.addService("leaper");
  const settings = sampleSettings({ build: "echo begun; sleep 1; sh build.sh", test: "sleep 1" });
  const commit = await service.repository.commit(sampleFiles({ settings }), "Slow");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await until(
    () => state.log(id),
    (text) => text.includes("\nbegun"),
  );
  writeFileSync(hours, "7");
  await until(
    () => state.log(id),
    (text) => text.includes("$ sleep 1"),
  );
  writeFileSync(hours, "-7");
  expect(await untilOver(id)).toMatchObject({ status: "succeeded", attempt: 1 });
  const wrong = await database.client.sql`
    select name from steps
    where deployment_id = ${id} and (ended_at < started_at or abs(extract(epoch from now() - ended_at)) > 600)
    union all select 'log' from log_chunks
    where deployment_id = ${id} and abs(extract(epoch from now() - printed_at)) > 600
    union all select 'pool' from pools
    where warm_until is not null and warm_until < now()`;
  expect([...wrong]).toEqual([]);
  expect(readFileSync(join(lab.dataFolder, "worker-leaper.log"), "utf8")).not.toContain("the run broke off");
  expect(await worker.stop("end")).toBe(0);
});
