import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "#server/kernel/env.ts";
import { UserError } from "#server/kernel/errors.ts";

/** The portal's pages are built when what they are made of has changed since the last build. */
const folders = ["app", "components", "server", "db"];
const files = ["package-lock.json", "next.config.ts", "postcss.config.mjs", "tsconfig.json"];
const stamp = join(repositoryRoot, ".next", "anytime-source");

export function isBuilt(): boolean {
  const buildId = join(repositoryRoot, ".next", "BUILD_ID");
  return existsSync(buildId) && existsSync(stamp) && readFileSync(stamp, "utf8") === sourceHash();
}

/** Content, not times: a fresh checkout of the same commit keeps its build. */
function sourceHash(): string {
  const hash = createHash("sha256").update(process.version);
  const sources = folders.flatMap((folder) =>
    readdirSync(join(repositoryRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const path of [...sources.sort(), ...files.map((file) => join(repositoryRoot, file))]) {
    if (existsSync(path)) hash.update(path).update(readFileSync(path));
  }
  return hash.digest("hex");
}

/** Throws UserError with the builder's last lines where it fails. */
export async function build(): Promise<void> {
  const hash = sourceHash();
  const next = join(repositoryRoot, "node_modules/next/dist/bin/next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: repositoryRoot,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => lines.push(...text.split("\n").filter(Boolean)));
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode) => resolve(exitCode ?? 1));
  });
  if (code !== 0)
    throw new UserError(`The portal's pages could not be built.\n\n${lines.slice(-30).join("\n")}`);
  writeFileSync(stamp, hash);
}
