import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { freePort } from "#db/testing/free-port.ts";
import { type Portal, type PortalOptions, startPortal } from "./portal/start-portal.ts";
import { untilAnswering, watchService } from "./portal/watch-service.ts";

/** Start, restart, kill and stop, as an operator sees them from the terminal. */
test.describe.configure({ mode: "serial" });

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "anytime-lifecycle-"));
const unattended = {
  ANYTIME_ADMIN_EMAIL: "ops@example.org",
  ANYTIME_ADMIN_PASSWORD: "correct horse battery",
};
let options: PortalOptions;
let portal: Portal;

test.beforeAll(async () => {
  const ports = { portalPort: await freePort(), routerPort: await freePort() };
  options = { dataFolder: join(folder, "data"), ...ports, environment: unattended };
});
test.afterAll(async () => {
  await portal?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const serviceUrl = () => `http://localhost:${options.routerPort}/hello/production/api/hello`;

interface Answer {
  instance: string;
  release: string;
}

async function instancesServing(): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let request = 0; request < 20; request += 1) {
    const answer = (await (await fetch(serviceUrl())).json()) as Answer;
    seen.add(answer.instance);
  }
  return seen;
}

function routerPids(): number[] {
  const runFolder = join(options.dataFolder, "run");
  const files = readdirSync(runFolder).filter((name) => name.startsWith("traffic-router"));
  return files.map(
    (name) => (JSON.parse(readFileSync(join(runFolder, name), "utf8")) as { pid: number }).pid,
  );
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function environmentOf(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ANYTIME_DATA: options.dataFolder,
    ANYTIME_PORT: String(options.portalPort),
    ANYTIME_ROUTER_PORT: String(options.routerPort),
  };
}

const anytime = (...parameters: string[]) =>
  promisify(execFile)("npm", ["run", "--silent", "anytime", "--", ...parameters], {
    cwd: root,
    env: environmentOf(),
  });

test("an unattended start makes the administrator, keeps secrets to itself and deploys the tour", async () => {
  portal = await startPortal(options);
  expect(portal.setupLink).toBeNull();
  expect(statSync(join(options.dataFolder, "secrets.json")).mode & 0o777).toBe(0o600);
  expect(portal.printed()).not.toContain(unattended.ANYTIME_ADMIN_PASSWORD);
  await untilAnswering(serviceUrl(), 110_000);
});

test("a second start on the same data folder says who runs there and changes nothing", async () => {
  const second = spawn("npm", ["start"], {
    cwd: root,
    env: environmentOf(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [second.stdout, second.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  await once(second, "exit");
  expect(second.exitCode).toBe(1);
  expect(text).toContain("Anytime already runs on this data folder");
  expect((await fetch(`${portal.url}/readyz`)).status).toBe(200);
});

test("a restart drops no request and keeps the instances", async () => {
  const before = await instancesServing();
  const watch = watchService(serviceUrl());
  const { stdout } = await anytime("restart");
  const { answers, failures } = await watch.end();
  expect(stdout).toContain("Restarted");
  expect(failures).toEqual([]);
  expect(answers).toBeGreaterThan(10);
  expect(await instancesServing()).toEqual(before);
});

test("after a restart, too, nobody is refused while every router is dead", async () => {
  for (const pid of routerPids()) {
    process.kill(pid, "SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
  }
  expect(await statusOverNewConnection(serviceUrl())).toBe(200);
});

/** One that was open to a router that was killed ends with it; whoever comes then opens another. */
async function statusOverNewConnection(url: string): Promise<number | undefined> {
  const asked = get(url, { agent: false });
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

test("after a SIGKILL, router and instances go on serving and the next start adopts them", async () => {
  const before = await instancesServing();
  const watch = watchService(serviceUrl());
  if (portal.process.pid !== undefined) process.kill(-portal.process.pid, "SIGKILL");
  await once(portal.process, "exit");
  portal = await startPortal(options);
  const { failures } = await watch.end();
  expect(failures).toEqual([]);
  expect(portal.printed()).toMatch(/traffic-router .*adopted/);
  expect(portal.printed()).toMatch(/database .*adopted/);
  expect(await instancesServing()).toEqual(before);
});

test("a killed database is started again, and meanwhile services answer", async () => {
  const watch = watchService(serviceUrl());
  const pidFile = join(options.dataFolder, "postgres/postmaster.pid");
  process.kill(Number(readFileSync(pidFile, "utf8").split("\n")[0]), "SIGKILL");
  await portal.waitForPrinted(/PostgreSQL runs again/);
  await untilAnswering(`${portal.url}/readyz`, 20_000);
  const { failures } = await watch.end();
  expect(failures).toEqual([]);
});

test("Ctrl-C ends everything, instances included", async () => {
  const instances = processesWith(options.dataFolder);
  expect(instances.length).toBeGreaterThan(3);
  await portal.stop();
  await expect(fetch(serviceUrl())).rejects.toThrow();
  await expect(fetch(`${portal.url}/healthz`)).rejects.toThrow();
  expect(processesWith(options.dataFolder)).toEqual([]);
});

/**
 * Command lines of the processes that name the data folder in theirs, or work in it, or in the folder that stands in for
 * it where services, under uids of their own, cannot get to it.
 */
function processesWith(dataFolder: string): string[] {
  const key = createHash("sha256").update(dataFolder).digest("hex").slice(0, 16);
  const places = [dataFolder, `/services-${key}/`];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({ command: readProc(pid, "cmdline"), folder: readProc(pid, "cwd") }))
    .filter(({ command, folder }) =>
      places.some((place) => command.includes(place) || folder.includes(place)),
    )
    .map(({ command }) => command.replaceAll("\0", " "));
}

/** Empty where the process has ended meanwhile. */
function readProc(pid: string, name: "cmdline" | "cwd"): string {
  try {
    return name === "cwd" ? readlinkSync(`/proc/${pid}/cwd`) : readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

test("what was deployed serves again after the next start, without a new deployment", async () => {
  portal = await startPortal(options);
  await untilAnswering(serviceUrl(), 60_000);
});

test("Ctrl-C leaves no instance behind where the worker hangs", async () => {
  const runFile = readFileSync(join(options.dataFolder, "run/deploy-worker.json"), "utf8");
  process.kill((JSON.parse(runFile) as { pid: number }).pid, "SIGSTOP");
  await portal.stop();
  expect(portal.printed()).toMatch(/The worker had left \d+ processes of services running: ended\./);
  expect(processesWith(options.dataFolder)).toEqual([]);
});

test("a port in use is named, with the variable that moves it, and nothing is started", async () => {
  const taken = createServer().listen(options.portalPort, "127.0.0.1");
  await once(taken, "listening");
  try {
    await expect(startPortal(options)).rejects.toThrow(
      new RegExp(`Port ${options.portalPort} is in use. Set ANYTIME_PORT`),
    );
    expect(processesWith(options.dataFolder)).toEqual([]);
  } finally {
    taken.close();
  }
});
