import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type LimitName, limitNames } from "#server/domain/limits.ts";
import { messageOf } from "./errors.ts";

/** The kernel's own word for who holds a limit. */
const controllers = { memory: "memory", processes: "pids", cpus: "cpu" } as const;

/** Where a worker keeps its control groups: a folder a limit, all the same one in version 2 of the hierarchy. */
export interface ControlGroups {
  version: 1 | 2;
  folders: ReadonlyMap<LimitName, string>;
  /** Why a limit cannot be held. */
  problems: ReadonlyMap<LimitName, string>;
}

const mount = "/sys/fs/cgroup";
/** Where processes move that stand in the way: in version 2 a group that has groups of its own has no processes. */
const asideName = "anytime-portal";
/** What is moved may start others meanwhile. */
const mostRounds = 10;

/** Opened below the group of this process, so that what limits it goes on to hold for all that it starts. */
export function openControlGroups(name: string): ControlGroups {
  const folders = new Map<LimitName, string>();
  const problems = new Map<LimitName, string>();
  const isVersion2 = existsSync(join(mount, "cgroup.controllers"));
  for (const limit of limitNames) {
    try {
      const folder = isVersion2
        ? openVersion2(controllers[limit], name)
        : openVersion1(controllers[limit], name);
      folders.set(limit, folder);
    } catch (error) {
      problems.set(limit, messageOf(error));
    }
  }
  return { version: isVersion2 ? 2 : 1, folders, problems };
}

function openVersion1(controller: string, name: string): string {
  const place = placesOfThisProcess().find(({ names }) => names.includes(controller));
  if (place === undefined) throw new Error(`the kernel has no controller ${controller}`);
  const root = [place.names.join(","), controller]
    .map((found) => join(mount, found))
    .find((found) => existsSync(found));
  if (root === undefined) throw new Error(`${mount} has no controller ${controller}`);
  const folder = join(existing(root, place.path), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function openVersion2(controller: string, name: string): string {
  const path = placesOfThisProcess().find(({ names }) => names.join() === "")?.path ?? "/";
  const own = existing(mount, basename(path) === asideName ? dirname(path) : path);
  if (!readFileSync(join(own, "cgroup.controllers"), "utf8").split(/\s/).includes(controller)) {
    throw new Error(`${own} has no controller ${controller}`);
  }
  makeRoom(own);
  const folder = join(own, name);
  mkdirSync(folder, { recursive: true });
  for (const above of [own, folder]) writeFileSync(join(above, "cgroup.subtree_control"), `+${controller}`);
  return folder;
}

/** Before anything is switched on: some controllers bear processes there, and then every group below is good for nothing. */
function makeRoom(own: string): void {
  // Of all groups, the machine's root alone has no type, and may have both.
  if (!existsSync(join(own, "cgroup.type"))) return;
  for (let round = 0; isOccupied(own) && isForThePortal(own) && round < mostRounds; round += 1) {
    const aside = join(own, asideName);
    mkdirSync(aside, { recursive: true });
    for (const pid of membersOf(own)) move(pid, aside);
  }
  if (isOccupied(own)) throw new Error(`${own} has processes that are not the portal's to move`);
}

/** Those of another namespace are seen, too. */
function isOccupied(folder: string): boolean {
  return readIfThere(join(folder, "cgroup.procs")) !== "";
}

/** A container, or a unit of systemd: what else is in it has come with the portal. */
function isForThePortal(folder: string): boolean {
  return folder === mount || folder.endsWith(".service");
}

/** From the file that says where this process is: `4:memory:/path`, `0::/path` in version 2. */
function placesOfThisProcess(): { names: string[]; path: string }[] {
  if (process.platform !== "linux") throw new Error("only Linux has control groups");
  return readFileSync("/proc/self/cgroup", "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [, names = "", ...path] = line.split(":");
      return { names: names.split(","), path: path.join(":") };
    });
}

/** Containers may see the machine's path, but have their own group for a root. */
function existing(root: string, path: string): string {
  const folder = resolve(root, `.${path}`);
  return existsSync(folder) ? folder : root;
}

/** Processes in a group; those of another namespace are 0. */
export function membersOf(folder: string): number[] {
  const list = readIfThere(join(folder, "cgroup.procs")) ?? "";
  return list
    .split("\n")
    .map(Number)
    .filter((pid) => pid > 0);
}

/** A process that has ended meanwhile needs no place. */
export function move(pid: number, folder: string): void {
  try {
    writeFileSync(join(folder, "cgroup.procs"), String(pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** What is not empty stays: its instances are left running. */
export function removeEmptyGroups({ folders }: ControlGroups): void {
  for (const folder of new Set(folders.values())) removeGroup(folder);
}

/** The groups in a folder, by name. */
export function groupsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
}

/** False where something is still in it. */
export function removeGroup(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    if ((error as NodeJS.ErrnoException).code === "EBUSY") return false;
    throw error;
  }
}

/** A number out of a file such as `memory.events`; null where neither is there. */
export function readCount(folder: string, file: string, key: string): number | null {
  const found = new RegExp(`^${key} (\\d+)$`, "m").exec(readIfThere(join(folder, file)) ?? "");
  return found === null ? null : Number(found[1]);
}

export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // ENODEV: the group has been removed meanwhile.
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}
