import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asidePrefix, makeOwnFolder, makeReadableFolder, removeTree } from "./owned-folder.ts";
import { canIsolateServices } from "./service-accounts.ts";

const account = { uid: 20_001, gid: 20_001 };
let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "anytime-owned-"));
  chmodSync(parent, 0o711);
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

function accessOf(path: string) {
  const { uid, gid, mode } = lstatSync(path);
  return { uid, gid, mode: mode & 0o777 };
}

test("without accounts a folder is the worker's alone", async () => {
  await makeOwnFolder(join(parent, "one"), null);
  await makeReadableFolder(join(parent, "two"), null);
  const own = { uid: process.getuid?.(), mode: 0o700 };
  expect([accessOf(join(parent, "one")), accessOf(join(parent, "two"))]).toMatchObject([own, own]);
});

describe.skipIf(!canIsolateServices())("as root (skipped for anybody else)", () => {
  test("a folder is made for an account, by many at once", async () => {
    const folder = join(parent, "home");
    await Promise.all(Array.from({ length: 20 }, () => makeOwnFolder(folder, account)));
    expect(accessOf(folder)).toEqual({ ...account, mode: 0o700 });
    await makeReadableFolder(join(parent, "release"), account);
    expect(accessOf(join(parent, "release"))).toEqual({ uid: 0, gid: account.gid, mode: 0o750 });
    expect(readdirSync(parent).toSorted()).toEqual(["home", "release"]);
  });

  test("what root had before goes to the account; what is another's is set aside", async () => {
    mkdirSync(join(parent, "roots"));
    writeFileSync(join(parent, "roots/cache"), "");
    await makeOwnFolder(join(parent, "roots"), account);
    expect(accessOf(join(parent, "roots/cache"))).toMatchObject(account);
    for (const make of [makeOwnFolder, makeReadableFolder]) {
      const folder = join(parent, make.name);
      mkdirSync(folder);
      writeFileSync(join(folder, "secret"), "");
      chownSync(folder, 20_002, 20_002);
      await make(folder, account);
      expect(readdirSync(folder)).toEqual([]);
    }
    expect(readdirSync(parent).filter((name) => name.startsWith(asidePrefix))).toHaveLength(2);
  });

  test("a tree is removed with its owner's rights: folders closed to writing too, and nothing that links lead to", async () => {
    const [roots, tree] = [join(parent, "roots"), join(parent, "tree")];
    for (const folder of [roots, tree, join(tree, "theirs"), join(tree, "theirs/closed")]) mkdirSync(folder);
    writeFileSync(join(roots, "kept"), "");
    writeFileSync(join(tree, "theirs/closed/file"), "");
    symlinkSync(roots, join(tree, "theirs/link"));
    symlinkSync(roots, join(tree, "link"));
    for (const path of ["theirs/link", "theirs/closed/file", "theirs/closed", "theirs"]) {
      lchownSync(join(tree, path), account.uid, account.gid);
    }
    chmodSync(join(tree, "theirs/closed"), 0o500);
    chmodSync(tree, 0o755);
    await removeTree(tree);
    expect(existsSync(tree)).toBe(false);
    expect(readdirSync(roots)).toEqual(["kept"]);
  });
});
