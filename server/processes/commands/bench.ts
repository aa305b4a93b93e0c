import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "#server/kernel/env.ts";

const folder = join(repositoryRoot, "bench");

/** `bench <name> [options]`: each file of the folder is one measurement that prints a table and a line of JSON. */
export async function bench(parameters: string[]): Promise<number> {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => basename(file, ".ts"));
  const name = parameters[0];
  if (name === undefined || !names.includes(name)) {
    console.error(`Name what to measure: ${names.join(", ")}.`);
    return 2;
  }
  await import(pathToFileURL(join(folder, `${name}.ts`)).href);
  return 0;
}
