import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { startTimeOf } from "#server/kernel/process-identity.ts";
import { canIsolateServices } from "#server/kernel/service-accounts.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { instanceMarks, ownerMarks } from "#server/services/targets/marks.ts";
import { intruderFiles, type Targets } from "./deploy-worker/testing/intruder.ts";
import { type Lab, type LabService, openLab, until } from "./deploy-worker/testing/open-lab.ts";
import { type State, stateOf } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";
import type { WorkerProcess } from "./deploy-worker/testing/worker-process.ts";

const firstUid = 20_000;

describe.skipIf(!canIsolateServices())("services of a worker that is root (skipped for anybody else)", () => {
  let database: TestDatabase;
  let lab: Lab;
  let state: State;
  let worker: WorkerProcess;
  let other: LabService;

  beforeAll(async () => {
    database = await openTestDatabase();
    lab = await openLab(database.ctx, database.url);
    state = stateOf(database.client.sql);
    storedSecrets(dataFolderAt(lab.dataFolder).secretsFile);
    worker = await lab.startWorker("root");
    other = await lab.addService("other");
    const settings = sampleSettings({ build: 'echo mine > "$HOME/notes" && sh build.sh' });
    await deploy(other, sampleFiles({ settings }));
  });
  afterAll(async () => {
    await lab.close();
    await database.close();
  });

  async function deploy(service: LabService, files: Record<string, string>) {
    const commit = await service.repository.commit(files, "Change");
    const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
    const over = await until(
      () => state.deployment(id),
      (row) => !["queued", "running"].includes(row.status) && !row.isHeld,
    );
    return { ...over, id, log: await state.log(id) };
  }

  async function uidOf(slug: string): Promise<number> {
    const [row] = await database.client.sql<{ id: number }[]>`
      select id::int from services where slug = ${slug}`;
    return firstUid + (row?.id ?? 0);
  }

  async function targets(slug: string): Promise<Targets> {
    const folder = dataFolderAt(lab.dataFolder);
    const [instance] = await state.liveInstances(other.staging);
    const [release = ""] = await readdir(join(folder.releasesFolder, "other"));
    return {
      read: {
        secrets: folder.secretsFile,
        "environment of the worker": `/proc/${worker.pid}/environ`,
        "memory of the worker": `/proc/${worker.pid}/mem`,
        "environment of another service": `/proc/${instance?.pid}/environ`,
        "home of another service": join(folder.homesFolder, "other/notes"),
        "release of another service": join(folder.releasesFolder, "other", release, "dist/server.cjs"),
        "log of the worker": join(folder.logsFolder, "instances"),
      },
      list: {
        homes: folder.homesFolder,
        workspaces: folder.workspacesFolder,
        mirrors: folder.mirrorsFolder,
        artifacts: folder.artifactsFolder,
        repositories: folder.repositoriesFolder,
        logs: folder.logsFolder,
        run: folder.runFolder,
        "instances of another service": join(folder.instancesFolder, "other"),
      },
      write: {
        "data folder": folder.root,
        releases: folder.releasesFolder,
        "its own release": join(folder.releasesFolder, slug),
        homes: folder.homesFolder,
        "home of another service": join(folder.homesFolder, "other"),
        artifacts: folder.artifactsFolder,
      },
      signal: { worker: worker.pid, portal: process.pid, "another service": instance?.pid ?? 0 },
    };
  }

  test("neither a build nor an instance gets at the portal or at another service; both do their work", async () => {
    const service = await lab.addService("intruder");
    const uid = await uidOf("intruder");
    const tried = await targets("intruder");
    const first = await deploy(service, intruderFiles(tried));
    expect(first.reason).toBeNull();
    const [instance] = await state.liveInstances(service.staging);
    const output = readFileSync(
      join(lab.dataFolder, `logs/instances/intruder/deployment-${first.id}-port-${instance?.port}.log`),
      "utf8",
    );
    const count = Object.values(tried).flatMap((named) => Object.keys(named)).length;
    for (const [who, text] of [
      ["build", first.log],
      ["instance", output],
    ] as const) {
      expect(text).not.toContain("DONE");
      const refused = text.match(/: refused E(?:ACCES|PERM)/g);
      // Its own release is not there yet while it is built.
      expect(refused).toHaveLength(who === "build" ? count - 1 : count);
      expect(text).toContain(`[${who}] groups ${uid} of ${uid}`);
      expect(text).toContain(`[${who}] capabilities 0000000000000000, no new ones 1`);
    }
    expect(first.log).toContain("cache holds 1");
    expect(first.log).toMatch(new RegExp(`migrating as ${uid} in .*/releases/intruder/1-`));
    expect(output).toContain("to standard output");
    expect(statSync(`/proc/${instance?.pid}`).uid).toBe(uid);
    const again = await deploy(service, { "again.txt": "again" });
    expect(again.log).toContain("cache holds 2");
  });

  test("a folder that a build swaps for a link is not entered with the rights of root", async () => {
    const service = await lab.addService("swapper");
    const secret = join(lab.dataFolder, "repositories/swapper/.git");
    const build = [
      `{name: swap, run: 'rm -rf ../part && ln -s ${secret} ../part && echo swapped'}`,
      "{name: look, run: 'cat HEAD'}",
    ].join(", ");
    const settings = `path: part\nbuild: [${build}]\nrelease: {start: "true"}\n`;
    const { reason, log } = await deploy(service, { "anytime.yaml": settings, "part/file": "" });
    expect(log).toContain("swapped");
    expect(log).not.toContain("ref: refs/heads");
    expect(reason).toMatch(/`cat HEAD` exited with code 2/);
  });

  test("a link out of what was built is neither packed nor followed when the workspace is removed", async () => {
    const service = await lab.addService("linker");
    const build = `mkdir dist && ln -s ${lab.dataFolder} dist/out && mkdir -m 500 locked && ls -la`;
    const { reason } = await deploy(
      service,
      sampleFiles({ settings: sampleSettings({ build, test: "true" }) }),
    );
    expect(reason).toContain("dist/out is a symbolic link");
    await until(
      () => readdir(join(lab.dataFolder, "workspaces")),
      (left) => left.length === 0,
    );
    expect(statSync(join(lab.dataFolder, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  test("what a removed service has left does not become that of one that takes its slug", async () => {
    const service = await lab.addService("reused");
    const settings = sampleSettings({ build: 'ls -A "$HOME" && echo left > "$HOME/left" && sh build.sh' });
    await deploy(service, sampleFiles({ settings }));
    await worker.stop("end");
    await database.client.sql`delete from services where slug = 'reused'`;
    await rm(join(lab.dataFolder, "repositories/reused"), { recursive: true });
    const heir = await lab.addService("reused");
    worker = await lab.startWorker("root");
    const { reason, log } = await deploy(heir, sampleFiles({ settings }));
    expect(reason).toBeNull();
    expect(log).not.toMatch(/^left$/m);
    const uid = await uidOf("reused");
    expect(statSync(join(lab.dataFolder, "homes/reused")).uid).toBe(uid);
    expect(statSync(join(lab.dataFolder, "releases/reused"))).toMatchObject({ uid: 0, gid: uid });
  });

  test("an instance that another service's process pretends to be is not taken for it", async () => {
    const [instance] = await state.liveInstances(other.staging);
    await worker.kill("SIGKILL");
    process.kill(instance?.pid ?? 0, "SIGKILL");
    await until(
      async () => startTimeOf(instance?.pid ?? 0),
      (time) => time === null,
    );
    const marks = instanceMarks(ownerMarks(lab.dataFolder, "root"), instance?.id ?? 0);
    const stranger = firstUid + 9_000;
    const env = { ...process.env, ...marks };
    const impostor = spawn("/bin/sleep", ["60"], { uid: stranger, gid: stranger, env });
    await database.client.sql`
      update instances set pid = null, status = 'restarting' where id = ${instance?.id ?? 0}`;
    worker = await lab.startWorker("root");
    const [taken] = await until(
      () => state.liveInstances(other.staging),
      (rows) => rows.length === 2 && rows.every((row) => row.status === "healthy" && row.pid !== null),
    );
    expect(taken?.pid).not.toBe(impostor.pid);
    if (impostor.exitCode === null && impostor.signalCode === null) {
      impostor.kill("SIGKILL");
      await once(impostor, "exit");
    }
  });
});
