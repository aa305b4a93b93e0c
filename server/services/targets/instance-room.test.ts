import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { canIsolateServices } from "#server/kernel/service-accounts.ts";
import { mountSmallDisk, unmount } from "#server/kernel/testing/small-disk.ts";
import { InstanceRoom } from "./instance-room.ts";
import type { RoomService } from "./measure-use.ts";

const mebibyte = 1024 ** 2;

describe.skipIf(!canIsolateServices())("with a small disk, as root can have it (skipped otherwise)", () => {
  let root: string;
  let shared: string;
  let isMounted: boolean;
  let problems: string[];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "anytime-room-"));
    shared = join(root, "shared");
    problems = [];
    for (const folder of ["instances", "homes", "shared"]) mkdirSync(join(root, folder));
    chmodSync(root, 0o711);
    isMounted = mountSmallDisk(shared, "32m", 1777);
  });
  afterEach(() => {
    unmount(shared);
    rmSync(root, { recursive: true, force: true });
  });

  const service = (id: number, uid: number | null): RoomService => ({
    id,
    slug: `service-${id}`,
    account: uid === null ? null : { uid, gid: uid },
  });
  const [one, other] = [service(1, 30_001), service(2, 30_002)];

  /** What services have of their own lies below `own`, and `deploying` has steps that run. */
  function openRoom(
    own: string,
    deploying: string[] = [],
    whileCounting: () => void = () => undefined,
  ): InstanceRoom {
    return new InstanceRoom({
      floorBytes: 8 * mebibyte,
      roots: { instances: [join(own, "instances")], steps: [join(own, "homes")] },
      sharedFolders: [shared, join(root, "missing")],
      dataFolder: join(shared, "data"),
      foldersOf({ slug }) {
        whileCounting();
        return [
          { name: "HOME of steps", folder: join(own, "homes", slug), isForSteps: true },
          { name: "HOME", folder: join(own, "instances", slug), isForSteps: false },
        ];
      },
      listDeploying: async () => new Set(deploying),
      onScarceRoom: (problem) => problems.push(problem),
    });
  }

  function write({ account }: RoomService, file: string, mebibytes: number): void {
    writeFileSync(file, Buffer.alloc(mebibytes * mebibyte));
    if (account !== null) chownSync(file, account.uid, account.gid);
  }

  /** A data folder that lies on the shared disk itself. */
  function makeOwn(): string {
    const own = join(shared, "data");
    for (const { slug } of [one, other]) {
      for (const kind of ["instances", "homes"]) mkdirSync(join(own, kind, slug), { recursive: true });
    }
    return own;
  }

  test("what a service wrote where all may write is found by its uid and removed; others' stays", async ({
    skip,
  }) => {
    if (!isMounted) skip("This machine lets nobody mount a small disk.");
    const room = openRoom(root);
    write(other, join(shared, "others"), 4);
    expect(await room.findFiller([one, other])).toBeNull();
    const nested = join(shared, "nested");
    mkdirSync(nested);
    chownSync(nested, 30_001, 30_001);
    write(one, join(nested, "junk"), 25);
    chmodSync(nested, 0o500);
    const filler = await room.findFiller([one, other]);
    expect(filler).toMatchObject({ service: one });
    expect(filler?.why).toMatch(/^3\.0 MiB are free on the disk of .*shared, and 8\.0 MiB must stay free/);
    expect(filler?.why).toMatch(/, and service-1 wrote 25\.0 MiB there$/);
    expect(filler && (await room.clear(filler))).toBe(`Removed: its files in ${shared}`);
    expect([existsSync(nested), existsSync(join(shared, "others"))]).toEqual([false, true]);
    expect(await room.findFiller([one, other])).toBeNull();
    expect(problems).toEqual([]);
  });

  test("what it had before anybody filled the disk is not held against it", async ({ skip }) => {
    if (!isMounted) skip("This machine lets nobody mount a small disk.");
    const room = openRoom(root);
    write(one, join(shared, "kept"), 20);
    room.begin([one, other]);
    expect(await room.findFiller([one, other])).toBeNull();
    writeFileSync(join(shared, "an operator's"), Buffer.alloc(9 * mebibyte));
    expect(await room.findFiller([one, other])).toBeNull();
    expect(await room.findFiller([one, other])).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/No service's instances wrote most of it: make room there\.$/);
  });

  test("what it writes while it is counted what it had is held against it", async ({ skip }) => {
    if (!isMounted) skip("This machine lets nobody mount a small disk.");
    const own = makeOwn();
    const [first, second] = [service(1, null), service(2, null)];
    write(first, join(own, "instances", first.slug, "kept"), 2);
    const room = openRoom(own, [], () => write(second, join(own, "instances", second.slug, "junk"), 26));
    expect(await room.findFiller([first, second])).toBeNull();
    const filler = await room.findFiller([first, second]);
    expect(filler).toMatchObject({ service: second });
    expect(filler?.why).toMatch(/, and service-2 wrote 26\.0 MiB there$/);
  });

  test("files without content fill a disk, too", async ({ skip }) => {
    if (!isMounted) skip("This machine lets nobody mount a small disk.");
    spawnSync("mount", ["-o", "remount,nr_inodes=2000", shared]);
    const room = openRoom(root);
    expect(await room.findFiller([one, other])).toBeNull();
    for (let count = 0; count < 1_990; count += 1) write(other, join(shared, `empty-${count}`), 0);
    const filler = await room.findFiller([one, other]);
    expect(filler?.why).toMatch(
      /^\d files more fit on the disk of .*, and 20 must, and service-2 wrote 1990 files/,
    );
    expect(filler && (await room.clear(filler))).toContain(shared);
    expect(await room.findFiller([one, other])).toBeNull();
  });

  test("what its builds keep counts and makes way before its HOME, but not while it is deployed", async ({
    skip,
  }) => {
    if (!isMounted) skip("This machine lets nobody mount a small disk.");
    const own = makeOwn();
    write(one, join(own, "homes", one.slug, "junk"), 26);
    write(one, join(own, "instances", one.slug, "data"), 1);
    expect(await openRoom(own, [one.slug]).findFiller([one, other])).toBeNull();
    const room = openRoom(own);
    const filler = await room.findFiller([one, other]);
    expect(filler && (await room.clear(filler))).toBe(`Removed: its files in ${shared}, HOME of steps`);
    expect(existsSync(join(own, "instances", one.slug, "data"))).toBe(true);
  });

  test("services without accounts are told apart by their folders", async ({ skip }) => {
    if (!isMounted) skip("This machine lets nobody mount a small disk.");
    const own = makeOwn();
    const [first, second] = [service(1, null), service(2, null)];
    write(second, join(own, "instances", second.slug, "junk"), 28);
    const room = openRoom(own);
    const filler = await room.findFiller([first, second]);
    expect(filler).toMatchObject({ service: second });
    expect(filler && (await room.clear(filler))).toBe("Removed: HOME of steps, HOME");
    expect(existsSync(join(own, "instances", first.slug))).toBe(true);
  });
});
