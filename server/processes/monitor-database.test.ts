import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "#server/kernel/env.ts";
import { ensureEnvironments } from "#server/services/services/ensure-environments.ts";
import { register } from "#server/services/services/register.ts";
import { until } from "./deploy-worker/testing/open-lab.ts";
import { openOwnDatabase } from "./deploy-worker/testing/open-own-database.ts";

test("a monitor whose database dies during a job lives on, and does its jobs again when it is back", async () => {
  const database = await openOwnDatabase();
  const dataFolder = await mkdtemp(join(tmpdir(), "anytime-monitor-"));
  // A repository that never answers: the job that fetches it takes until its connection ends.
  const fetches: Socket[] = [];
  const repository = createServer((socket) => fetches.push(socket.on("error", () => socket.destroy())));
  repository.listen(0, "127.0.0.1");
  await once(repository, "listening");
  await ensureEnvironments(database.ctx);
  await register(database.ctx, {
    slug: "silent",
    name: "Silent",
    team: null,
    repositoryUrl: `https://127.0.0.1:${(repository.address() as AddressInfo).port}/silent.git`,
    defaultBranch: "main",
    typedSettings: null,
    environmentSlugs: null,
    isTour: false,
  });
  const monitor = spawn(process.execPath, [join(repositoryRoot, "server/processes/monitor.ts")], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { ...process.env, DATABASE_URL: database.url, ANYTIME_DATA: dataFolder, ANYTIME_LOG_LEVEL: "error" },
  });
  const untilFetched = (times: number) =>
    until(
      async () => fetches.length,
      (count) => count >= times,
      60_000,
    );
  try {
    await untilFetched(1);
    await database.leave();
    await database.kill();
    fetches[0]?.destroy();
    await database.start();
    await untilFetched(2);
    expect(monitor.exitCode).toBeNull();
  } finally {
    const exited = once(monitor, "exit");
    if (monitor.exitCode === null) monitor.kill("SIGKILL");
    for (const socket of fetches) socket.destroy();
    repository.close();
    await exited;
    await database.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
}, 90_000);
