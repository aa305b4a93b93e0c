import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { serviceEnvironments } from "#db/schema/services.ts";
import { openCuttingProxy } from "#db/testing/cutting-proxy.ts";
import { type LabRequest, type LabService, until } from "./deploy-worker/testing/open-lab.ts";
import {
  canOpenNetworks,
  openNetwork,
  type TestHost,
  type TestNetwork,
} from "./deploy-worker/testing/open-network.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";
import { startWorkerProcess, type WorkerProcess } from "./deploy-worker/testing/worker-process.ts";
import { startRouterProcess } from "./traffic-router/testing/router-process.ts";

/**
 * Two workers on hosts of their own, each with its own network and data folder: they share nothing but the database. The
 * router stands on a third one.
 */
const { database, lab, untilOver } = await openTestLab();

interface Host extends TestHost {
  worker: WorkerProcess;
}

/** Its worker has the host's name as a label, so that a test says where something runs. */
async function startHost(network: TestNetwork, name: string): Promise<Host> {
  const host = network.addHost();
  const line = await openCuttingProxy(database.url, { address: network.address });
  onTestFinished(() => line.close());
  const dataFolder = join(lab.openFolder, name);
  mkdirSync(dataFolder, { recursive: true });
  const variables = {
    ANYTIME_LOCAL_REPOSITORIES: lab.dataFolder,
    ANYTIME_WORKER_HOST: host.address,
    ANYTIME_WORKER_LABELS: name,
  };
  const { prefix } = host;
  const worker = await startWorkerProcess({ databaseUrl: line.url, dataFolder, name, variables, prefix });
  onTestFinished(() => worker.kill("SIGKILL"));
  return { ...host, worker };
}

const bind = ({ production }: LabService, workerLabel: string | null) =>
  database.ctx.db
    .update(serviceEnvironments)
    .set({ workerLabel })
    .where(eq(serviceEnvironments.id, production));

async function ask(service: LabService, where: string, wanted: Omit<LabRequest, "serviceEnvironmentId">) {
  await bind(service, where);
  return lab.ask({ serviceEnvironmentId: service.production, ...wanted });
}

/** `fetch` would not say another host than that of the address. */
async function askFor(port: number, headers: Record<string, string>): Promise<string> {
  const [answer] = (await once(get({ port, headers }), "response")) as [IncomingMessage];
  const body = await text(answer);
  return answer.statusCode === 200 ? (body.split(" ")[0] ?? "") : `status ${answer.statusCode}`;
}

/** Asks all the time. `answers` are release numbers, or what went wrong, in the order of the questions. */
function startClient(port: number, service: string) {
  const answers: string[] = [];
  let isStopping = false;
  const headers = { host: `${service}.production.localhost` };
  const done = (async () => {
    while (!isStopping) answers.push(await askFor(port, headers).catch(String));
  })();
  return {
    answers,
    async stop() {
      isStopping = true;
      await done;
    },
  };
}

test.runIf(canOpenNetworks)(
  "traffic goes from host to host and back without a failure; one whose cable is pulled ends its work before the other has it",
  async () => {
    const network = openNetwork();
    onTestFinished(() => network.close());
    const one = await startHost(network, "one");
    const two = await startHost(network, "two");
    const router = await startRouterProcess({ databaseUrl: database.url, dataFolder: lab.dataFolder });
    onTestFinished(() => router.end());
    const service = await lab.addService("travelling");
    const file = join(lab.openFolder, "builds");
    const first = await service.repository.commit(sampleFiles(), "First");
    const { releaseId } = await untilOver(await ask(service, "one", { commit: first }), 60_000);
    const client = startClient(router.port, service.slug);
    onTestFinished(() => client.stop());
    const answered = (release: string) =>
      until(
        async () => client.answers.at(-1),
        (answer) => answer === release,
      );

    await answered("1");
    const second = await service.repository.commit({ "change.txt": "2" }, "Second");
    expect(await untilOver(await ask(service, "two", { commit: second }), 60_000)).toMatchObject({
      status: "succeeded",
    });
    await answered("2");
    const back = { kind: "switch-back", commit: first, poolIsWarm: true } as const;
    const returned = await ask(service, "two", { ...back, release: { id: releaseId, number: 1 } });
    expect(await untilOver(returned, 60_000)).toMatchObject({
      ...{ reason: null, status: "succeeded", attempt: 1 },
    });
    await answered("1");
    const forward = await ask(service, "two", { commit: second });
    expect(await untilOver(forward, 60_000)).toMatchObject({ status: "succeeded" });
    await answered("2");

    // What serves runs on the second host from here on; the first one builds, and is cut off.
    const slow = `test -f ${file} || for i in $(seq 1200); do echo $$ >> ${file}; sleep 0.05; done; echo $$ >> ${file}; sh build.sh`;
    const settings = sampleSettings({ build: slow });
    const third = await service.repository.commit({ "anytime.yaml": settings }, "Slow at first");
    const id = await ask(service, "one", { commit: third });
    const builds = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
    await until(
      async () => builds(),
      (lines) => lines.length > 2,
    );
    await bind(service, null);
    one.pull();
    expect(await untilOver(id, 60_000)).toMatchObject({ status: "succeeded", attempt: 2 });
    const lines = builds();
    expect(new Set(lines).size).toBe(2);
    // The second build wrote once, after the last line of the first.
    expect(lines.indexOf(lines.at(-1) ?? "")).toBe(lines.length - 1);
    await client.stop();
    expect(client.answers.filter((answer) => !/^\d+$/.test(answer))).toEqual([]);

    one.plug();
    const fourth = await service.repository.commit({ "change.txt": "4" }, "Fourth");
    expect(await untilOver(await ask(service, "one", { commit: fourth }), 60_000)).toMatchObject({
      status: "succeeded",
    });
    for (const { worker } of [one, two]) expect(await worker.stop("end")).toBe(0);
  },
  240_000,
);
