import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, expect, test } from "vitest";
import { startEmbeddedPostgres } from "./start.ts";

const password = "a test's own password";
const folders: string[] = [];

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "embedded-postgres-"));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return join(folder, "cluster");
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test("a server is started once, found again, and stopped", async () => {
  const folder = temporaryFolder();
  const first = await startEmbeddedPostgres({ folder, password });
  const second = await startEmbeddedPostgres({ folder, password });
  try {
    expect(first.adopted).toBe(false);
    expect(second).toMatchObject({ adopted: true, pid: first.pid, url: first.url });
  } finally {
    await first.stop();
  }
  await expect(postgres(first.url, { max: 1, connect_timeout: 2 })`select 1`).rejects.toThrow(/ECONNREFUSED/);
});

test("it outlives a starter that is killed, keeps its rows, and is adopted", async () => {
  const folder = temporaryFolder();
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(new URL("./start.ts", import.meta.url).href)});
    const server = await startEmbeddedPostgres(${JSON.stringify({ folder, password })});
    process.stdout.write(String(server.pid));
    setInterval(() => undefined, 1_000);`;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [pid] = (await once(starter.stdout, "data")) as [Buffer];
  starter.kill("SIGKILL");
  await once(starter, "exit");
  const adopted = await startEmbeddedPostgres({ folder, password });
  try {
    expect(adopted).toMatchObject({ adopted: true, pid: Number(pid.toString()) });
  } finally {
    await adopted.stop();
  }
});
