import { readdirSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { openControlGroups, removeEmptyGroups } from "#server/kernel/control-groups.ts";
import { type DataFolder, dataFolderAt } from "#server/kernel/data-folder.ts";
import { listProcessesOf, startTimeOf } from "#server/kernel/process-identity.ts";
import { canIsolateServices } from "#server/kernel/service-accounts.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { mountSmallDisk, unmount } from "#server/kernel/testing/small-disk.ts";
import { listWorkers } from "#server/services/deployments/list-workers.ts";
import { constantClient, hostileCommands, hostileFiles } from "./deploy-worker/testing/hostile-service.ts";
import { intruderFiles } from "./deploy-worker/testing/intruder.ts";
import { type Lab, type LabService, openLab, until } from "./deploy-worker/testing/open-lab.ts";
import { type State, stateOf } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

const firstUid = 30_000;
const probe = openControlGroups("anytime-probe");
removeEmptyGroups(probe);
const holds = (limit: "memory" | "processes") => probe.folders.has(limit);

describe.skipIf(!canIsolateServices())(
  "a hostile service of a worker that is root (skipped otherwise)",
  () => {
    let database: TestDatabase;
    let lab: Lab;
    let state: State;
    let neighbour: LabService;
    let workerPid: number;
    let folders: DataFolder;
    let isDiskSmall: boolean;

    beforeAll(async () => {
      database = await openTestDatabase();
      lab = await openLab(database.ctx, database.url);
      state = stateOf(database.client.sql);
      folders = dataFolderAt(lab.dataFolder);
      storedSecrets(folders.secretsFile);
      isDiskSmall = smallDisks().every((folder) => mountSmallDisk(folder, "64m"));
      const worker = await lab.startWorker("limits", {
        ANYTIME_SERVICE_UIDS: `${firstUid}-39999`,
        ANYTIME_STEP_MEMORY: "256MB",
        ANYTIME_INSTANCE_MEMORY: "192MB",
        ANYTIME_MAX_PROCESSES: "150",
        ANYTIME_FREE_DISK: "16MB",
      });
      workerPid = worker.pid;
      neighbour = await lab.addService("neighbour");
      expect((await deploy(neighbour, sampleFiles())).reason).toBeNull();
    });
    afterAll(async () => {
      // What is still used goes when it is not used any more.
      for (const folder of smallDisks()) unmount(folder);
      await lab.close();
      await database.close();
    });

    const smallDisks = () => [folders.homesFolder, folders.instancesFolder];

    async function deploy(service: LabService, files: Record<string, string>) {
      const commit = await service.repository.commit(files, "Change");
      const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
      const over = await until(
        () => state.deployment(id),
        (row) => !["queued", "running"].includes(row.status) && !row.isHeld,
        60_000,
      );
      return { ...over, id, log: await state.log(id) };
    }

    /** The same while the neighbour's users go on asking: not one of them may be sent away. */
    async function deployBesideNeighbour(service: LabService, files: Record<string, string>) {
      const before = await state.liveInstances(neighbour.staging);
      const client = constantClient(async () => before.map(({ port }) => `http://127.0.0.1:${port}/`));
      const over = await deploy(service, files);
      const { requests, failures } = await client.stop();
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(10);
      expect(await state.liveInstances(neighbour.staging)).toEqual(before);
      return over;
    }

    async function leftOf(slug: string): Promise<number[]> {
      const [row] = await database.client.sql<
        { id: number }[]
      >`select id::int from services where slug = ${slug}`;
      return listProcessesOf(firstUid + (row?.id ?? 0))
        .map(({ pid }) => pid)
        .filter((pid) => startTimeOf(pid) !== null);
    }

    /** The worker itself removes a service's workspace under its uid. */
    async function untilLeft(slug: string, pids: (number | null | undefined)[]) {
      await until(
        () => leftOf(slug),
        (left) => left.join() === pids.join(),
      );
    }

    test("its worker says which limits it holds", async () => {
      const [worker] = await listWorkers(database.ctx);
      expect(worker?.isolation).toMatchObject({ hasOwnUids: true });
      expect(worker?.isolation?.held).toEqual(expect.arrayContaining([...probe.folders.keys()]));
    });

    test("gets at nothing of the portal, its database or its neighbour", async () => {
      const service = await lab.addService("thief");
      const [instance] = await state.liveInstances(neighbour.staging);
      const { hostname, port, username } = new URL(database.url);
      const [release = ""] = readdirSync(join(folders.releasesFolder, "neighbour"));
      const [artifact = ""] = readdirSync(folders.artifactsFolder);
      const targets = {
        read: {
          secrets: folders.secretsFile,
          "environment of the worker": `/proc/${workerPid}/environ`,
          "environment of the neighbour": `/proc/${instance?.pid}/environ`,
          "memory of the neighbour": `/proc/${instance?.pid}/mem`,
          artifact: join(folders.artifactsFolder, artifact),
        },
        list: {
          "cache of the neighbour": join(folders.homesFolder, "neighbour"),
          artifacts: folders.artifactsFolder,
        },
        write: {
          "release of the neighbour": join(folders.releasesFolder, "neighbour", release),
          artifacts: folders.artifactsFolder,
          "limits of its own": [...probe.folders.values()][0]?.replace(/\/[^/]*$/, "") ?? "/",
        },
        signal: { worker: workerPid, portal: process.pid, neighbour: instance?.pid ?? 0 },
        connect: { database: { host: hostname, port: Number(port), user: username } },
      };
      const count = Object.values(targets).flatMap((named) => Object.keys(named)).length;
      const { reason, log } = await deployBesideNeighbour(service, intruderFiles(targets));
      expect(reason).toBeNull();
      expect(log).not.toContain("DONE");
      expect(log.match(/\[build\] .*: refused E/g)).toHaveLength(count);
    });

    test.skipIf(!holds("memory"))(
      "a build that takes memory without end is ended, with its limit in words",
      async () => {
        const service = await lab.addService("glutton");
        const { reason } = await deployBesideNeighbour(
          service,
          hostileFiles({ build: hostileCommands.allocate }),
        );
        expect(reason).toMatch(
          /was ended by the kernel for want of memory: it may take 256\.0 MiB, its limit/,
        );
        await untilLeft("glutton", []);
      },
    );

    test.skipIf(!holds("memory"))("so is an instance, at the limit that its service sets", async () => {
      const service = await lab.addService("swelling");
      const more = "limits: {memory: 4GB, cpus: 0.5}\n";
      const files = hostileFiles({ start: hostileCommands.allocate, more });
      files["anytime.yaml"] =
        files["anytime.yaml"]?.replace("release:", "release:\n  limits: {memory: 96MB}") ?? "";
      const { reason, log } = await deployBesideNeighbour(service, files);
      expect(reason).toMatch(/The instance on port \d+ was ended .* it may take 96\.0 MiB, its limit/);
      expect(log).toContain("`limits.memory` is 256.0 MiB here, not 4.0 GiB");
      await untilLeft("swelling", []);
    });

    test.skipIf(!holds("processes"))(
      "a fork bomb comes up against its limit, and nothing of it stays",
      async () => {
        const service = await lab.addService("bomb");
        const { reason } = await deployBesideNeighbour(
          service,
          hostileFiles({ build: hostileCommands.multiply }),
        );
        expect(reason).toMatch(/it wanted more than 150 processes and threads, its limit/);
        await untilLeft("bomb", []);
      },
    );

    test("one that opens files without end harms itself alone", async () => {
      const service = await lab.addService("opener");
      const { log } = await deployBesideNeighbour(
        service,
        hostileFiles({ build: hostileCommands.openFiles }),
      );
      expect(log).toContain("opened EMFILE");
    });

    test("what a build leaves behind is ended with it, and the service's own instance is not", async () => {
      const service = await lab.addService("litter");
      const files = hostileFiles({ build: hostileCommands.leaveBehind });
      const first = await deployBesideNeighbour(service, files);
      expect(first.reason).toBeNull();
      const [instance] = await state.liveInstances(service.staging);
      await untilLeft("litter", [instance?.pid]);
      const failing = hostileFiles({ build: `${hostileCommands.leaveBehind}\nexit 7` });
      const second = await deployBesideNeighbour(service, failing);
      expect(second.reason).toContain("exited with code 7");
      await untilLeft("litter", [instance?.pid]);
    });

    test("what an instance leaves behind is ended with it", async () => {
      const service = await lab.addService("straggler");
      const start = `${hostileCommands.leaveBehind}\nexit 9`;
      const { reason } = await deployBesideNeighbour(service, hostileFiles({ start }));
      expect(reason).toContain("exited with code 9");
      await untilLeft("straggler", []);
    });

    test("a build that fills the disk is ended in words, and others find room again", async ({ skip }) => {
      if (!isDiskSmall) skip("This machine lets nobody mount a small disk.");
      const service = await lab.addService("filler");
      const { reason } = await deployBesideNeighbour(
        service,
        hostileFiles({ build: hostileCommands.fillDisk }),
      );
      expect(reason).toMatch(
        /was ended: .* are free on the disk of .*homes, and 16\.0 MiB must stay free.* was removed\./,
      );
      const next = await deploy(neighbour, { "again.txt": "again" });
      expect(next.reason).toBeNull();
    });

    /** Writes once its users ask it to: it is live by then, and healthy again each time that it is started anew. */
    const fillsWhenAsked = (command: string) => `const http = require("node:http");
const { spawn } = require("node:child_process");
http.createServer((request, response) => {
  if (request.url === "/fill") spawn("/bin/sh", ["-c", ${JSON.stringify(command)}]);
  response.end("ok");
}).listen(Number(process.env.PORT), process.env.HOST);
`;

    /** It is ended with all that it started, says why, and serves again; the neighbour's users notice nothing. */
    async function fillAndBeStoppedBesideNeighbour(slug: string, command: string): Promise<string> {
      const service = await lab.addService(slug);
      const settings = sampleSettings({ instances: 1 });
      const over = await deploy(service, sampleFiles({ settings, server: fillsWhenAsked(command) }));
      expect(over.reason).toBeNull();
      const [first] = await state.liveInstances(service.staging);
      const neighbours = await state.liveInstances(neighbour.staging);
      const client = constantClient(async () => neighbours.map(({ port }) => `http://127.0.0.1:${port}/`));
      await fetch(`http://127.0.0.1:${first?.port}/fill`);
      const [again] = await until(
        () => state.liveInstances(service.staging),
        ([row]) => row !== undefined && row.restarts > 0 && row.status === "healthy",
        100_000,
      );
      expect((await client.stop()).failures).toEqual([]);
      expect(await state.liveInstances(neighbour.staging)).toEqual(neighbours);
      await untilLeft(slug, [again?.pid]);
      const { bavail, bsize } = statfsSync(folders.instancesFolder);
      expect(bavail * bsize).toBeGreaterThan(48 * 1024 ** 2);
      const [row] = await database.client.sql<{ outputFile: string }[]>`
        select output_file as "outputFile" from instances where id = ${first?.id ?? 0}`;
      return readFileSync(row?.outputFile ?? "", "utf8");
    }

    test("an instance that fills the disk is started anew, and its files make way", async ({ skip }) => {
      if (!isDiskSmall) skip("This machine lets nobody mount a small disk.");
      const output = await fillAndBeStoppedBesideNeighbour("flood", hostileCommands.fillDisk);
      expect(output).toMatch(
        /was ended: .* are free on the disk of .*instances, and 16\.0 MiB must stay free .*, and flood wrote .* there\. Removed: its instances' TMPDIR, its instances' HOME/,
      );
    });

    test("so is one that fills it with what was deleted, and nothing else is removed", async ({ skip }) => {
      if (!isDiskSmall) skip("This machine lets nobody mount a small disk.");
      const output = await fillAndBeStoppedBesideNeighbour("hidden", hostileCommands.fillDiskUnseen);
      expect(output).toMatch(/was ended: .* hidden wrote .* there\. Nothing was removed/);
    });

    test("one that does so before it is healthy fails its deployment in words", async ({ skip }) => {
      if (!isDiskSmall) skip("This machine lets nobody mount a small disk.");
      const service = await lab.addService("spill");
      const start = `echo starting; ${hostileCommands.fillDisk}`;
      const { reason } = await deployBesideNeighbour(service, hostileFiles({ start }));
      expect(reason).toMatch(/The instance on port \d+ was ended: .* spill wrote .* there\. Removed: /);
    });
  },
);
