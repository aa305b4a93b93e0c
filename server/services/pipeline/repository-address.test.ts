import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureMirror } from "./ensure-mirror.ts";
import { checkRepositoryAddress } from "./repository-address.ts";
import { resolveRef } from "./resolve-ref.ts";
import { commitFiles, git, makeScratch } from "./testing/scratch.ts";

const scratch = makeScratch();
afterAll(scratch.remove);

beforeAll(() => {
  commitFiles(scratch.at("open/hello"), "first", { "a.txt": "a" });
  commitFiles(scratch.at("closed/secret"), "first", { "a.txt": "a" });
  commitFiles(scratch.at("open-not"), "first", { "a.txt": "a" });
  symlinkSync(scratch.at("closed/secret"), scratch.at("open/way-out"));
  symlinkSync(scratch.at("open"), scratch.at("way-in"));
  mkdirSync(scratch.at("open/deep/er"), { recursive: true });
});

const check = (path: string, allowed = [scratch.at("open")]) =>
  checkRepositoryAddress({ url: path, allowedLocalFolders: allowed });

test("a repository in an allowed folder is taken, as its real Git folder", async () => {
  const path = scratch.at("open/hello/.git");
  expect(await check(scratch.at("open/hello"))).toEqual({ kind: "local", path });
  expect(await check(scratch.at("open/hello/.git"))).toMatchObject({ path });
  expect(await check(scratch.at("open/deep/../hello"))).toMatchObject({ path });
  expect(await check(scratch.at("way-in/hello"))).toMatchObject({ path });
  expect(await check(scratch.at("open/hello"), [scratch.at("way-in")])).toMatchObject({ kind: "local" });
});

test.each(["closed/secret", "open/way-out", "open/../closed/secret", "open-not", "open/none"])(
  "%s is refused, without telling whether it exists",
  async (path) => {
    await expect(check(scratch.at(path))).rejects.toMatchObject({
      field: "repositoryUrl",
      message: expect.stringContaining("no repository at this path"),
    });
  },
);

test("bare repositories, worktrees and shared clones are taken while all of them lies in allowed folders", async () => {
  const hello = scratch.at("open/hello");
  git(hello, "clone", "-q", "--bare", hello, scratch.at("open/bare.git"));
  git(hello, "clone", "-q", "--shared", hello, scratch.at("open/shared"));
  git(hello, "worktree", "add", "-q", scratch.at("open/tree"), "-b", "tree");
  symlinkSync("/usr/share", scratch.at("open/bare.git/hooks/elsewhere"));
  for (const name of ["bare.git", "shared", "tree"]) {
    const repositoryUrl = scratch.at("open", name);
    const allowedLocalFolders = [scratch.at("open")];
    const mirror = await ensureMirror({
      repositoryUrl,
      allowedLocalFolders,
      mirrorsFolder: scratch.at("mirrors"),
    });
    expect((await resolveRef(mirror, "main")).subject).toBe("first");
  }
});

const secret = () => scratch.at("closed/secret");
const waysOut: Record<string, (folder: string) => void> = {
  "a .git that is a link": (folder) => symlinkSync(`${secret()}/.git`, `${folder}/.git`),
  "a .git file": (folder) => writeFileSync(`${folder}/.git`, `gitdir: ${secret()}/.git\n`),
  "a .git beneath the .git": (folder) => {
    git(folder, "init", "-q");
    rmSync(`${folder}/.git/HEAD`);
    symlinkSync(`${secret()}/.git`, `${folder}/.git/.git`);
  },
  "a sibling with the suffix .git": (folder) => symlinkSync(`${secret()}/.git`, `${folder}.git`),
  "a shared clone": (folder) => git(secret(), "clone", "-q", "--shared", secret(), folder),
  "a shared clone of a shared clone": (folder) => {
    git(secret(), "clone", "-q", "--shared", secret(), `${folder}-1`);
    git(secret(), "clone", "-q", "--shared", `${folder}-1`, folder);
  },
  "an alternate in quotes": (folder) => {
    git(folder, "init", "-q");
    writeFileSync(`${folder}/.git/objects/info/alternates`, `"${secret()}/.git/objects"\n`);
  },
  "a worktree": (folder) => git(secret(), "worktree", "add", "-q", folder, "-b", "tree"),
  "a common folder": (folder) => {
    git(folder, "init", "-q");
    writeFileSync(`${folder}/.git/commondir`, `${secret()}/.git\n`);
  },
  "linked objects": (folder) => {
    git(folder, "init", "-q");
    rmSync(`${folder}/.git/objects`, { recursive: true });
    symlinkSync(`${secret()}/.git/objects`, `${folder}/.git/objects`);
  },
  "linked packs, by way of a folder within": (folder) => {
    git(folder, "init", "-q");
    mkdirSync(`${folder}/packs`);
    symlinkSync(`${secret()}/.git/objects/pack`, `${folder}/packs/more`);
    rmSync(`${folder}/.git/objects/pack`, { recursive: true });
    symlinkSync(`${folder}/packs`, `${folder}/.git/objects/pack`);
  },
};

test.each(Object.entries(waysOut))("%s that leads out is refused in the same words", async (name, make) => {
  const folder = scratch.at("open", name.replaceAll(/\W/g, "-"));
  mkdirSync(folder);
  make(folder);
  const nothing = await check(scratch.at("open/none")).catch((error: unknown) => error);
  await expect(check(folder)).rejects.toEqual(nothing);
});

test("without an allowed folder no path is taken", async () => {
  await expect(check(scratch.at("open/hello"), [])).rejects.toMatchObject({ field: "repositoryUrl" });
  await expect(check(scratch.at("open/hello"), [scratch.at("none")])).rejects.toMatchObject({
    field: "repositoryUrl",
  });
});

test.each(["ext::sh -c x", "-x", "http://example.org/x", "https://example.org/\nx"])(
  "%j is refused",
  async (url) =>
    await expect(check(url)).rejects.toMatchObject({ name: "ValidationError", field: "repositoryUrl" }),
);

test("addresses of other machines are taken as they are", async () => {
  expect(await check("https://example.org/x.git")).toEqual({
    kind: "https",
    url: "https://example.org/x.git",
  });
  expect(await check("git@example.org:x.git")).toEqual({ kind: "ssh", url: "git@example.org:x.git" });
});
