import { existsSync, statSync } from "node:fs";
import { formatBytes } from "#server/domain/bytes.ts";
import { type DiskAmounts, type DiskRoom, isScarce, readRoom, tellOfRoom } from "#server/kernel/disk-room.ts";
import { removeFilesOf, removeTree } from "#server/kernel/owned-folder.ts";
import { measureUse, type RoomService, type Use, type Uses } from "./measure-use.ts";

/** A folder of a service's own. */
export interface OwnFolder {
  /** How it is called where it is told of. */
  name: string;
  folder: string;
  /** Steps of the service may be using it. */
  isForSteps: boolean;
}

export interface RoomOptions {
  /** See readRoom. */
  floorBytes: number | null;
  /** Folders that hold those of services, and nothing else that services can write to. */
  roots: { instances: readonly string[]; steps: readonly string[] };
  /** Where services of all accounts may write, beside what others have there. */
  sharedFolders: readonly string[];
  /** The data folder, which may lie in one of those. */
  dataFolder: string;
  /** In the order in which they are cleared: what is missed least comes first. */
  foldersOf(service: RoomService): readonly OwnFolder[];
  /** Slugs of the services that are being deployed, whose steps have their own bounds; null where nobody knows. */
  listDeploying(): Promise<ReadonlySet<string> | null>;
  /** Told once for each time that room is scarce on a disk without being any one service's doing. */
  onScarceRoom(problem: string): void;
}

/** Who fills which disk. */
export interface Filler {
  service: RoomService;
  room: DiskRoom;
  /** In a sentence without its stop. */
  why: string;
}

/** What services take in folders of their instances, and in those of their steps. */
interface Measurement {
  instances: Uses;
  steps: Uses;
}

const baseAgeMs = 3_600_000;
const baseAgeWhereTightMs = 60_000;
const tight = 2;

/**
 * Keeps one service's instances from filling the disks of all. It is cheap while there is room: files are counted
 * hourly, and each minute where room gets scarce. What a service had before is not held against it.
 */
export class InstanceRoom {
  #options: RoomOptions;
  #base: Measurement = { instances: new Map(), steps: new Map() };
  #begun: Promise<void> | null = null;
  #baseTakenAtMs = Number.NEGATIVE_INFINITY;
  /** Whose use is in there: others had nothing. */
  #known = new Set<number>();
  /** Devices that are spoken of. */
  #told = new Set<number>();

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  /** Before the services' instances start: what they have now is not held against them, however little room there is. */
  begin(services: readonly RoomService[]): void {
    this.#begun = this.#readRooms().then((rooms) => this.#renewBase(services, rooms));
    // It is for who awaits it.
    this.#begun.catch(() => undefined);
  }

  /** The service that has written most of what is missing on a disk; null where there is room, or it was no service. */
  async findFiller(services: readonly RoomService[]): Promise<Filler | null> {
    await this.#begun;
    const rooms = await this.#readRooms();
    const scarce = rooms.filter((room) => isScarce(room));
    this.#told = new Set(scarce.map(({ device }) => device).filter((device) => this.#told.has(device)));
    if (scarce.length === 0) {
      await this.#renewBase(services, rooms);
      return null;
    }
    const written = await this.#whatWasWritten(services, scarce);
    const fillers = scarce.map((room) => fillerOf(room, services, written));
    for (const [at, room] of scarce.entries()) if (fillers[at] === null) this.#tell(room);
    return fillers.find((filler) => filler !== null) ?? null;
  }

  /** Once nothing of its instances runs. Removes no more than has to go, and says what, in a sentence without its stop. */
  async clear(filler: Filler): Promise<string> {
    const removed: string[] = [];
    for (const { name, remove } of await this.#waysToClear(filler)) {
      if (!isScarce(await this.#readRoom(filler.room.folder))) break;
      await remove();
      removed.push(name);
    }
    await this.#forgive(filler.service);
    return removed.length === 0 ? "Nothing was removed" : `Removed: ${removed.join(", ")}`;
  }

  /** What it has now is not held against it again. */
  async #forgive(service: RoomService): Promise<void> {
    const now = await this.#measure([service], await this.#readRooms());
    for (const kind of ["instances", "steps"] as const) {
      this.#base[kind].set(service.id, now[kind].get(service.id) ?? new Map());
    }
  }

  /** Of what lies on that disk. */
  async #waysToClear({ service, room }: Filler): Promise<{ name: string; remove: () => Promise<void> }[]> {
    const isDeploying = await this.#isDeploying();
    const isThere = (folder: string) => statSync(folder, { throwIfNoEntry: false })?.dev === room.device;
    const own = this.#options
      .foldersOf(service)
      .filter(({ folder, isForSteps }) => isThere(folder) && !(isForSteps && isDeploying(service)))
      .map(({ name, folder }) => ({ name, remove: () => removeTree(folder) }));
    const { account } = service;
    const shared = this.#sharedFolders().filter(isThere);
    if (account === null || shared.length === 0) return own;
    const remove = () => removeFilesOf(account, shared, this.#options.dataFolder);
    return [{ name: `its files in ${shared.join(" and ")}`, remove }, ...own];
  }

  async #isDeploying(): Promise<(service: RoomService) => boolean> {
    const slugs = await this.#options.listDeploying();
    return ({ slug }) => slugs === null || slugs.has(slug);
  }

  /** Since the last base. What a build keeps is its steps' business while it runs. */
  async #whatWasWritten(services: readonly RoomService[], rooms: readonly DiskRoom[]): Promise<Written> {
    const [isDeploying, now] = [await this.#isDeploying(), await this.#measure(services, rooms)];
    return (service, { device }) => {
      const by = (kind: keyof Measurement) =>
        difference(now[kind].get(service.id)?.get(device), this.#base[kind].get(service.id)?.get(device));
      const [instances, steps] = [by("instances"), isDeploying(service) ? difference() : by("steps")];
      return { bytes: instances.bytes + steps.bytes, files: instances.files + steps.files };
    };
  }

  async #renewBase(services: readonly RoomService[], rooms: readonly DiskRoom[]): Promise<void> {
    const mostAgeMs = rooms.some((room) => isScarce(room, tight)) ? baseAgeWhereTightMs : baseAgeMs;
    const now = performance.now();
    const isKnown = services.every(({ id }) => this.#known.has(id));
    if (isKnown && now - this.#baseTakenAtMs < mostAgeMs) return;
    this.#baseTakenAtMs = now;
    this.#known = new Set(services.map(({ id }) => id));
    this.#base = await this.#measureBase(services, rooms);
  }

  /**
   * What is written while it is counted must not pass for what was there before: the disk may be full by then. So what
   * went missing meanwhile is taken off for each service, and counted anew in a minute.
   */
  async #measureBase(services: readonly RoomService[], before: readonly DiskRoom[]): Promise<Measurement> {
    const base = await this.#measure(services, before);
    const after = new Map((await this.#readRooms()).map((room) => [room.device, room.free]));
    const missing = new Map(
      before.map(({ device, free }) => [device, atLeastNothing(difference(free, after.get(device)))]),
    );
    const isCalm = before.every(
      ({ device, floor }) => (missing.get(device)?.bytes ?? 0) < leastOf(floor.bytes),
    );
    if (!isCalm) this.#baseTakenAtMs -= baseAgeMs - baseAgeWhereTightMs;
    const without = (use: Use): Use =>
      new Map(
        [...use].map(([device, amounts]) => [
          device,
          atLeastNothing(difference(amounts, missing.get(device))),
        ]),
      );
    return { ...base, instances: new Map([...base.instances].map(([id, use]) => [id, without(use)])) };
  }

  /** On these disks alone: others may hold much. */
  async #measure(services: readonly RoomService[], rooms: readonly DiskRoom[]): Promise<Measurement> {
    const { roots, foldersOf, dataFolder: leftOut } = this.#options;
    const devices = new Set<number | undefined>(rooms.map(({ device }) => device));
    const isMeant = (folder: string) => devices.has(statSync(folder, { throwIfNoEntry: false })?.dev);
    const measure = (isForSteps: boolean, places: readonly string[]) =>
      measureUse({
        services,
        roots: places.filter(isMeant),
        foldersOf: (service) =>
          foldersOf(service)
            .filter((own) => own.isForSteps === isForSteps && isMeant(own.folder))
            .map(({ folder }) => folder),
        leftOut,
        withDeleted: !isForSteps,
      });
    return {
      instances: await measure(false, [...roots.instances, ...this.#sharedFolders()]),
      steps: await measure(true, roots.steps),
    };
  }

  /** One of each disk. */
  async #readRooms(): Promise<DiskRoom[]> {
    const { instances, steps } = this.#options.roots;
    const folders = [...instances, ...steps, ...this.#sharedFolders()];
    const rooms = await Promise.all(folders.map((folder) => this.#readRoom(folder)));
    return [...new Map(rooms.toReversed().map((room) => [room.device, room])).values()];
  }

  /** A small disk, such as a container's /dev/shm, is not scarce for good only because all of it is less than the floor. */
  async #readRoom(folder: string): Promise<DiskRoom> {
    const room = await readRoom(folder, this.#options.floorBytes);
    return { ...room, floor: { ...room.floor, bytes: Math.min(room.floor.bytes, room.total.bytes / 2) } };
  }

  #sharedFolders(): string[] {
    return this.#options.sharedFolders.filter((folder) => existsSync(folder));
  }

  #tell(room: DiskRoom): void {
    if (this.#told.has(room.device)) return;
    this.#told.add(room.device);
    this.#options.onScarceRoom(
      `${tellOfRoom(room)}. No service's instances wrote most of it: make room there.`,
    );
  }
}

type Written = (service: RoomService, room: DiskRoom) => DiskAmounts;

const nothing: DiskAmounts = { bytes: 0, files: 0 };

function difference(now = nothing, before = nothing): DiskAmounts {
  return { bytes: now.bytes - before.bytes, files: now.files - before.files };
}

function atLeastNothing({ bytes, files }: DiskAmounts): DiskAmounts {
  return { bytes: Math.max(0, bytes), files: Math.max(0, files) };
}

/** What is little beside the floor is nobody's fault, however little is missing. */
const leastOf = (floor: number) => floor / 20;

function fillerOf(room: DiskRoom, services: readonly RoomService[], written: Written): Filler | null {
  const measure = room.free.bytes < room.floor.bytes ? "bytes" : "files";
  const all = services.map((service) => ({ service, amounts: written(service, room) }));
  const most = all.toSorted((one, other) => other.amounts[measure] - one.amounts[measure])[0];
  const missing = room.floor[measure] - room.free[measure];
  const least = Math.max(missing / 2, leastOf(room.floor[measure]));
  if (most === undefined || most.amounts[measure] <= least) return null;
  const { bytes, files } = most.amounts;
  const much = measure === "bytes" ? formatBytes(bytes) : `${files} files`;
  return {
    service: most.service,
    room,
    why: `${tellOfRoom(room)}, and ${most.service.slug} wrote ${much} there`,
  };
}
