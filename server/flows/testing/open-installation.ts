import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { usualKeptDays } from "#server/domain/count-steps.ts";
import type { Context } from "#server/kernel/context.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { ensureEnvironments } from "#server/services/services/ensure-environments.ts";
import type { Installation } from "../installation.ts";

const run = promisify(execFile);

const testKeys = () => [parseSealingKey("a".repeat(64))].filter((key) => key !== null);

export interface TestInstallation {
  installation: Installation;
  /** A folder in which repositories may be registered by their path. */
  open: string;
  close(): Promise<void>;
}

/** Folders of its own, and the usual environments in the test's database. */
export async function openInstallation(ctx: Context): Promise<TestInstallation> {
  const folder = await mkdtemp(join(tmpdir(), "anytime-flows-"));
  const open = join(folder, "open");
  const repositoriesFolder = join(folder, "repositories");
  for (const path of [open, repositoriesFolder]) await mkdir(path);
  await ensureEnvironments(ctx);
  return {
    open,
    installation: {
      mirrorsFolder: join(folder, "mirrors"),
      repositoriesFolder,
      allowedLocalFolders: [open, repositoriesFolder],
      routerPort: 4780,
      isDatabaseEmbedded: true,
      telemetryUrl: "http://localhost:4700",
      keepLogsDays: 90,
      keepCountsDays: usualKeptDays,
      sealingKeys: testKeys,
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

export const settingsFile = "release:\n  start: node server.js\n";

/** Commits files into a repository, which is made when missing; returns the SHA. */
export async function commit(
  folder: string,
  subject: string,
  files: Record<string, string>,
): Promise<string> {
  await git(dirname(folder), "init", "--quiet", "--initial-branch=main", folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const author = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"];
  await git(folder, "add", "--all");
  await git(folder, ...author, "commit", "--quiet", "--allow-empty", "-m", subject);
  return (await git(folder, "rev-parse", "HEAD")).trim();
}

export async function git(folder: string, ...parameters: string[]): Promise<string> {
  return (await run("git", ["-C", folder, ...parameters])).stdout;
}
