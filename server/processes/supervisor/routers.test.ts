import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { freePort } from "#db/testing/free-port.ts";
import { type DataFolder, prepareDataFolder } from "#server/kernel/data-folder.ts";
import { canSharePort } from "#server/kernel/env.ts";
import { listOwners } from "#server/kernel/process-identity.ts";
import { listRouters } from "#server/services/traffic/list-routers.ts";
import { routerFiles } from "../traffic-router/router-files.ts";
import { standByFlag } from "../traffic-router/stand-by.ts";
import { keepConnecting } from "../traffic-router/testing/new-connections.ts";
import { openRouterFixture, type RouterFixture, until } from "../traffic-router/testing/router-fixture.ts";
import { startTestInstance } from "../traffic-router/testing/test-instance.ts";
import { HeldSocket } from "./held-socket.ts";
import { type Routers, startRouters } from "./routers.ts";
import { readRunFile } from "./run-file.ts";

/** A killed process may take one more connection before it is gone. */
const deadWithinMs = 100;

let fixture: RouterFixture;
let folder: DataFolder;
let port: number;
const said: string[] = [];
const opened: Routers[] = [];

beforeAll(async () => {
  fixture = await openRouterFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  folder = prepareDataFolder(await mkdtemp(join(tmpdir(), "routers-test-")));
  port = await freePort();
  said.length = 0;
});
afterEach(async () => {
  for (const routers of opened) await routers.leave();
  for (const routers of opened.splice(0)) await routers.stop();
  await rm(folder.root, { recursive: true, force: true });
});

async function start(count: number, socket: HeldSocket | null = null): Promise<Routers> {
  const databaseUrl = fixture.database.url;
  const environment = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    ANYTIME_DATA: folder.root,
    ANYTIME_ROUTER_PORT: String(port),
  };
  const say = (line: string) => void said.push(line);
  const routers = await startRouters({ count, port, socket, folder, databaseUrl, environment, say });
  opened.push(routers);
  return routers;
}

const pidOf = (number: number) => readRunFile(routerFiles(folder, number).runFile)?.pid ?? null;
/** Processes of this folder's routers that wait to be called. */
const standingBy = () =>
  listOwners()
    .map(({ pid }) => pid)
    .filter((pid) => {
      const read = (file: string) => {
        try {
          return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
        } catch {
          // It has just ended.
          return [];
        }
      };
      const isIt = read("cmdline").includes(standByFlag);
      return isIt && pid !== pidOf(1) && read("environ").includes(`ANYTIME_DATA=${folder.root}`);
    });
const registered = async () => (await listRouters(fixture.database.ctx)).map(({ pid }) => pid);

function kill(number: number): number {
  const pid = pidOf(number);
  if (pid === null) throw new Error(`Router ${number} does not run.`);
  process.kill(pid, "SIGKILL");
  return pid;
}

test("a lone router that is killed under load serves again by itself, and never the pool from before", async () => {
  const [blue, green] = [await startTestInstance("blue"), await startTestInstance("green")];
  const rows = await fixture.serve("lone", { blue: [blue.port], green: [green.port] });
  await start(1);
  const clients = keepConnecting(port, "lone.production.localhost", 8);
  await until(() => clients.attempts.some(({ outcome }) => outcome === "blue"));
  const killed = kill(1);
  await fixture.database.client.sql`
    update pointers set live_pool = 'green', generation = generation + 1
    where service_environment_id = ${rows.serviceEnvironmentId}`;
  const switched = performance.now();
  const answers = () => clients.attempts.filter(({ beganAt, failed }) => !failed && beganAt > switched);
  await until(() => answers().length > 100);
  await clients.stop();
  expect(new Set(answers().map(({ outcome }) => outcome))).toEqual(new Set(["green"]));
  expect(pidOf(1)).not.toBe(killed);
  expect(said).toEqual([expect.stringContaining("traffic-router ended; starting it again.")]);
  await Promise.all([blue.close(), green.close()]);
});

test.runIf(process.platform === "linux")(
  "the next life of a lone router has loaded before it is needed, and ends with whoever would call it",
  async () => {
    const routers = await start(1);
    await until(() => standingBy().length === 1);
    const [next] = standingBy();
    kill(1);
    await until(() => pidOf(1) === next);
    await until(() => standingBy().length === 1 && standingBy()[0] !== next);
    await routers.leave();
    await until(() => standingBy().length === 0);
    expect(pidOf(1)).toBe(next);
  },
);

test.runIf(canSharePort)(
  "each of two is started again alone, and both outlive whoever started them",
  async () => {
    const first = await start(2);
    expect(first.description).toBe("2 of 2");
    const [one, two] = [pidOf(1), kill(2)];
    await until(() => pidOf(2) !== null && pidOf(2) !== two);
    expect(pidOf(1)).toBe(one);
    await until(async () => (await registered()).includes(pidOf(2) ?? 0));
    await first.leave();
    const second = await start(2);
    expect(second.description).toBe("2 of 2, still serving: adopted");
    expect(pidOf(1)).toBe(one);
    await second.undo();
    expect(pidOf(1)).toBe(one);
  },
  60_000,
);

test.runIf(canSharePort)(
  "who asks for one only has the other ended, and no switch waits for it",
  async () => {
    const pair = await start(2);
    await pair.leave();
    const killed = kill(2);
    expect(await registered()).toContain(killed);
    await start(1);
    expect(await registered()).not.toContain(killed);
    expect(await registered()).toContain(pidOf(1));
    expect(existsSync(routerFiles(folder, 2).stateFile)).toBe(false);
  },
  60_000,
);

test.runIf(canSharePort).each([1, 2])(
  "of %i that inherit one socket, one is killed, and who connects from then on waits at most",
  async (count) => {
    const pool = await startTestInstance("pool");
    const name = `heir-${count}`;
    await fixture.serve(name, { blue: [pool.port] });
    const socket = await HeldSocket.open("127.0.0.1", port);
    await start(count, socket);
    const clients = keepConnecting(port, `${name}.production.localhost`, 8);
    await until(() => clients.attempts.some(({ failed }) => !failed));
    for (let round = 0; round < 3; round += 1) {
      const killed = kill(count);
      const deadBy = performance.now() + deadWithinMs;
      const since = () => clients.attempts.filter(({ beganAt }) => beganAt > deadBy);
      await until(() => pidOf(count) !== null && pidOf(count) !== killed && since().length > 50);
      expect(since().filter(({ failed }) => failed)).toEqual([]);
    }
    await clients.stop();
    socket?.close();
    await pool.close();
  },
  60_000,
);

test("where none starts, the reason is told and nothing is left", async () => {
  const stranger = await startTestInstance("stranger");
  port = stranger.port;
  await expect(start(2)).rejects.toThrow(`Port ${port} is in use`);
  expect([pidOf(1), pidOf(2)]).toEqual([null, null]);
  await stranger.close();
});
