import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadEnvironment, repositoryRoot, requireDatabaseUrl } from "#server/kernel/env.ts";

/** Becomes one process of an installation that is spread over machines. Needs DATABASE_URL; ends by a signal. */
export async function runAlone(
  name: "web" | "deploy-worker" | "traffic-router" | "monitor",
): Promise<number> {
  requireDatabaseUrl(loadEnvironment(process.env));
  await import(pathToFileURL(join(repositoryRoot, "server/processes", `${name}.ts`)).href);
  return new Promise(() => undefined);
}
