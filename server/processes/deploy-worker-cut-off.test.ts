import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openCuttingProxy } from "#db/testing/cutting-proxy.ts";
import { until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";
import { startWorkerProcess, type WorkerProcess } from "./deploy-worker/testing/worker-process.ts";

/** Two workers that share nothing but the database, one of which reaches it by a line that fails. */
const { database, lab, untilOver } = await openTestLab();
const line = await openCuttingProxy(database.url);
afterAll(() => line.close());

function startOn(name: string, databaseUrl: string): Promise<WorkerProcess> {
  const dataFolder = join(lab.openFolder, name);
  mkdirSync(dataFolder, { recursive: true });
  const variables = { ANYTIME_LOCAL_REPOSITORIES: lab.dataFolder };
  return startWorkerProcess({ databaseUrl, dataFolder, name, variables });
}

test("a worker that is cut off ends its build before another has the deployment, and works again when it is back", async () => {
  const cutOff = await startOn("cut-off", line.url);
  const service = await lab.addService("cut-off");
  const file = join(lab.openFolder, "builds");
  const build = `test -f ${file} || for i in $(seq 1200); do echo $$ >> ${file}; sleep 0.05; done; echo $$ >> ${file}; sh build.sh`;
  const commit = await service.repository.commit(
    sampleFiles({ settings: sampleSettings({ build }) }),
    "Slow at first",
  );
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  const builds = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
  await until(
    async () => builds(),
    (lines) => lines.length > 2,
  );
  const other = await startOn("reachable", database.url);
  line.hold();
  expect(await untilOver(id, 60_000)).toMatchObject({ status: "succeeded", attempt: 2 });
  const lines = builds();
  expect(new Set(lines).size).toBe(2);
  // The second build wrote once, after the last line of the first.
  expect(lines.indexOf(lines.at(-1) ?? "")).toBe(lines.length - 1);
  expect(await other.stop("end")).toBe(0);
  line.letPass();
  const next = await service.repository.commit({ "next.txt": "next" }, "Next");
  const again = await untilOver(
    await lab.ask({ serviceEnvironmentId: service.production, commit: next }),
    60_000,
  );
  expect(again).toMatchObject({ status: "succeeded", attempt: 1 });
  expect(await cutOff.stop("end")).toBe(0);
}, 150_000);

/** Seconds of database time until the lease of a deployment ends; negative where it is over, null where nobody has it. */
async function leaseLeft(id: number): Promise<number | null> {
  const [row] = await database.client.sql`
    select extract(epoch from lease_expires_at - clock_timestamp())::float8 as left from deployments where id = ${id}`;
  return row?.left ?? null;
}

/** Builds until `go` exists, and says in `file` each time that it begins. */
async function deployWaiting(name: string) {
  const [file, go] = [join(lab.openFolder, `${name}-builds`), join(lab.openFolder, `${name}-go`)];
  const service = await lab.addService(name);
  const build = `echo begun >> ${file}; until test -e ${go}; do sleep 0.05; done; sh build.sh`;
  const commit = await service.repository.commit(
    sampleFiles({ settings: sampleSettings({ build }) }),
    "Waits",
  );
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  const builds = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0);
  await until(
    async () => builds(),
    (count) => count === 1,
  );
  return { id, builds, goOn: () => writeFileSync(go, "") };
}

test("a database that takes two seconds for every answer costs no deployment its attempt", async () => {
  const worker = await startOn("slowed", line.url);
  const { id, builds, goOn } = await deployWaiting("slowed");
  line.slow(1_000);
  // By database time the lease is renewed for more than twice as long as one lasts.
  const until20 = await database.client.sql`select clock_timestamp() + interval '20 seconds' as at`;
  await until(
    async () => {
      expect(await leaseLeft(id)).toBeGreaterThan(0);
      const [row] = await database.client.sql`select clock_timestamp() > ${until20[0]?.at} as over`;
      return row?.over;
    },
    (over) => over === true,
    40_000,
  );
  line.slow(0);
  goOn();
  expect(await untilOver(id, 60_000)).toMatchObject({ status: "succeeded", attempt: 1 });
  expect(builds()).toBe(1);
  expect(await worker.stop("end")).toBe(0);
});

test("a database that says nothing for longer than a lease lasts costs one attempt, and the same worker goes on", async () => {
  const worker = await startOn("unheard", line.url);
  const { id, builds, goOn } = await deployWaiting("unheard");
  line.hold();
  await until(
    () => leaseLeft(id),
    (left) => left !== null && left < -2,
    30_000,
  );
  goOn();
  line.letPass();
  expect(await untilOver(id, 60_000)).toMatchObject({ status: "succeeded", attempt: 2 });
  expect(builds()).toBe(2);
  expect(await worker.stop("end")).toBe(0);
});
