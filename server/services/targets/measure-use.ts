import { accessSync, constants } from "node:fs";
import type { DiskAmounts } from "#server/kernel/disk-room.ts";
import { countDeletedFiles, countFiles, type FoundFiles } from "#server/kernel/disk-use.ts";
import { listOwners } from "#server/kernel/process-identity.ts";
import type { Account } from "#server/kernel/service-accounts.ts";

/** A service whose instances run here. */
export interface RoomService {
  id: number;
  slug: string;
  account: Account;
}

/** What a service takes, by device. */
export type Use = ReadonlyMap<number, DiskAmounts>;
/** By the service's id. */
export type Uses = Map<number, Use>;

export interface Measured {
  services: readonly RoomService[];
  /** In which services of all accounts write. */
  roots: readonly string[];
  /** A service's own folders, for those without accounts. */
  foldersOf(service: RoomService): readonly string[];
  leftOut: string;
  /** Whether what a service's processes have open although it was deleted counts, too. */
  withDeleted: boolean;
}

/** What each service takes: by whom the files belong to; where services have no accounts, by where they lie. */
export async function measureUse(measured: Measured): Promise<Uses> {
  const { services, roots, foldersOf, leftOut, withDeleted } = measured;
  const byUid = new Map(services.flatMap(({ id, account }) => (account === null ? [] : [[account.uid, id]])));
  if (byUid.size > 0) {
    const deleted = withDeleted ? await findDeleted(byUid) : [];
    return addUp([...(await countFiles(roots, leftOut)), ...deleted], ({ uid }) => byUid.get(uid));
  }
  const byFolder = new Map(services.flatMap((one) => foldersOf(one).map((folder) => [folder, one.id])));
  return addUp(await countFiles([...byFolder.keys()], leftOut), ({ place }) => byFolder.get(place));
}

/** Root may not look at others' open files in every container: then each user looks at its own. */
async function findDeleted(byUid: ReadonlyMap<number, number>): Promise<FoundFiles[]> {
  const found = listOwners().filter(({ owner }) => byUid.has(owner.uid));
  const pids = found.map(({ pid }) => pid);
  const uidOf = new Map(found.map(({ pid, owner }) => [String(pid), owner.uid]));
  const unreadable = found.filter(({ pid }) => !isReadable(`/proc/${pid}/fd`));
  const byOwner = Map.groupBy(unreadable, ({ owner }) => owner.uid);
  const counts = await Promise.all([
    countDeletedFiles(pids, null),
    ...[...byOwner.values()].map((own) =>
      countDeletedFiles(
        own.map(({ pid }) => pid),
        own[0]?.owner ?? null,
      ),
    ),
  ]);
  // Whoever holds it open keeps it, whomever it belongs to.
  return counts.flat().map((one) => ({ ...one, uid: uidOf.get(one.place.split("/")[2] ?? "") ?? one.uid }));
}

function isReadable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function addUp(found: readonly FoundFiles[], serviceOf: (one: FoundFiles) => number | undefined): Uses {
  const uses = new Map<number, Map<number, DiskAmounts>>();
  for (const one of found) {
    const id = serviceOf(one);
    if (id === undefined) continue;
    const use = uses.get(id) ?? new Map<number, DiskAmounts>();
    const { bytes, files } = use.get(one.device) ?? { bytes: 0, files: 0 };
    uses.set(id, use.set(one.device, { bytes: bytes + one.bytes, files: files + one.files }));
  }
  return uses;
}
