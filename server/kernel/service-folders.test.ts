import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { canReach } from "#db/embedded-postgres/unprivileged-user.ts";
import { prepareDataFolder } from "./data-folder.ts";
import { canIsolateServices } from "./service-accounts.ts";
import { placeServiceFolders } from "./service-folders.ts";

const account = { uid: 20_001, gid: 20_001 };
let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "anytime-place-"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test("without accounts the data folder is left as it is", () => {
  const folder = prepareDataFolder(join(parent, "data"));
  expect(placeServiceFolders(folder, null)).toEqual(folder);
  expect(statSync(folder.releasesFolder).mode & 0o777).toBe(0o700);
});

describe.skipIf(!canIsolateServices())("as root (skipped for anybody else)", () => {
  test("services pass through the data folder to their own", () => {
    chmodSync(parent, 0o755);
    const folder = prepareDataFolder(join(parent, "data"));
    expect(placeServiceFolders(folder, account)).toEqual(folder);
    expect(canReach(account, folder.releasesFolder)).toBe(true);
    for (const closed of [
      folder.mirrorsFolder,
      folder.artifactsFolder,
      folder.logsFolder,
      folder.runFolder,
    ]) {
      expect(canReach(account, closed)).toBe(false);
    }
  });

  test("where a private home lies above it, their folders are elsewhere, and the same each time", () => {
    mkdirSync(join(parent, "home"), { mode: 0o700 });
    const folder = prepareDataFolder(join(parent, "home/data"));
    const placed = placeServiceFolders(folder, account);
    try {
      expect(placed.homesFolder).not.toContain(parent);
      expect(canReach(account, placed.homesFolder)).toBe(true);
      expect(statSync(placed.homesFolder)).toMatchObject({ uid: 0, mode: 0o40711 });
      expect(placed.secretsFile).toBe(folder.secretsFile);
      expect(placeServiceFolders(folder, account)).toEqual(placed);
    } finally {
      rmSync(dirname(placed.homesFolder), { recursive: true });
    }
  });
});
