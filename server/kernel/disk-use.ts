import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The files of one user on one device, found from one of the places on. */
export interface FoundFiles {
  device: number;
  uid: number;
  place: string;
  files: number;
  bytes: number;
}

/** What is not counted by then is left out: who writes files without end must not keep others waiting. */
const countWithinS = 20;

/** Folders count as files; one with several names counts once. Those of a user without rights cannot hide in depth. */
const sum = `
BEGIN { FS = "\\t" }
$3 != 1 && $7 != "d" && seen[$1, $2]++ { next }
{ key = $1 "\\t" $5 "\\t" $6; files[key]++; blocks[key] += $4 }
END { for (key in files) printf "%.0f\\t%.0f\\t%s\\n", files[key], blocks[key], key }`;
const script = `sum=$1; shift; timeout ${countWithinS} nice find "$@" -printf '%D\\t%i\\t%n\\t%b\\t%U\\t%H\\t%y\\n' 2>/dev/null | awk "$sum"`;
const blockBytes = 512;

/** Only GNU find tells what is counted here. */
export function canCountFiles(): boolean {
  return spawnSync("find", ["/", "-maxdepth", "0", "-printf", "1"], { encoding: "utf8" }).stdout === "1";
}

/** Counts what lies in the places, each on its own device alone, without what lies in the folder to be left out. */
export function countFiles(places: readonly string[], leftOut: string): Promise<FoundFiles[]> {
  if (places.length === 0) return Promise.resolve([]);
  return count([...places, "-xdev", "-path", asPattern(leftOut), "-prune", "-o"]);
}

/** Counts what processes have open, or have mapped, although it was deleted: it takes room until they end. */
export function countDeletedFiles(
  pids: readonly number[],
  owner: { uid: number; gid: number } | null,
): Promise<FoundFiles[]> {
  if (pids.length === 0) return Promise.resolve([]);
  const places = pids.flatMap((pid) => [`/proc/${pid}/fd`, `/proc/${pid}/map_files`]);
  return count(["-L", ...places, "-maxdepth", "1", "-type", "f", "-links", "0"], owner);
}

async function count(
  parameters: string[],
  owner: { uid: number; gid: number } | null = null,
): Promise<FoundFiles[]> {
  const { stdout } = await run("/bin/sh", ["-c", script, "sh", sum, ...parameters], {
    ...owner,
    cwd: "/",
    env: { NODE_ENV: "production", PATH: process.env.PATH, LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split("\n").flatMap((line) => {
    const [files, blocks, device, uid, place] = line.split("\t");
    if (place === undefined) return [];
    return {
      device: Number(device),
      uid: Number(uid),
      place,
      files: Number(files),
      bytes: Number(blocks) * blockBytes,
    };
  });
}

/** For find's `-path`: of this path alone. */
export function asPattern(path: string): string {
  return path.replaceAll(/[\\*?[\]]/g, "\\$&");
}
