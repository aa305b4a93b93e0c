import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import { prepareTemplate } from "./template.ts";

declare module "vitest" {
  export interface ProvidedContext {
    testServerUrl: string;
    testTemplate: string;
  }
}

/** One PostgreSQL server for the whole run: ANYTIME_TEST_DATABASE_URL where given, else the embedded one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  const template = await prepareTemplate(server.url);
  project.provide("testServerUrl", server.url);
  project.provide("testTemplate", template.name);
  return async () => {
    await template.drop();
    await server.stop();
  };
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.ANYTIME_TEST_DATABASE_URL;
  if (given !== undefined) return { url: given, stop: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), "anytime-test-"));
  chmodSync(folder, 0o755);
  // Nothing in here outlives the run, so nothing has to survive a power cut.
  const settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
  const server = await startEmbeddedPostgres({ folder: join(folder, "cluster"), password: "test", settings });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
