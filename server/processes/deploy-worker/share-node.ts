import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { letEverybodyRead, openSharedFolder } from "#db/embedded-postgres/shared-folder.ts";
import { canReach, type UnixUser } from "#db/embedded-postgres/unprivileged-user.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";

/**
 * Where the only Node.js on PATH lies in a private home, as version managers put it, services get a copy of the
 * portal's own, with the npm beside theirs. Null where they need none; else the folder that is now on PATH.
 */
export function shareNode(account: UnixUser): string | null {
  const { PATH = "" } = scrubbedEnvironment({ home: "/", temporaryFolder: "/" });
  const found = PATH.split(delimiter).filter((folder) => existsSync(join(folder, "node")));
  const [first] = found;
  if (first === undefined || found.some((folder) => canReach(account, join(folder, "node")))) return null;
  const bin = join(copyNode(join(dirname(first), "lib/node_modules/npm")), "bin");
  process.env.PATH = `${process.env.PATH}${delimiter}${bin}`;
  return bin;
}

function copyNode(npm: string): string {
  const folder = join(openSharedFolder(), `node-${process.version}`);
  if (existsSync(folder)) return folder;
  const beside = `${folder}.${process.pid}`;
  mkdirSync(join(beside, "bin"), { recursive: true });
  cpSync(process.execPath, join(beside, "bin/node"));
  if (existsSync(npm)) {
    cpSync(npm, join(beside, "lib/node_modules/npm"), { recursive: true, verbatimSymlinks: true });
    for (const name of ["npm", "npx"]) {
      symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(beside, "bin", name));
    }
  }
  letEverybodyRead(beside);
  try {
    renameSync(beside, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(beside, { recursive: true });
  }
  return folder;
}
