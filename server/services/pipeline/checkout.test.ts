import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { afterAll, beforeEach, expect, test } from "vitest";
import { checkoutCommit, ensureCommit } from "./checkout-commit.ts";
import { ensureMirror } from "./ensure-mirror.ts";
import { serviceFolder } from "./service-folder.ts";
import { commitFiles, git, makeScratch, writeFiles } from "./testing/scratch.ts";

const scratch = makeScratch();
afterAll(scratch.remove);

const source = scratch.at("repositories/hello");
const place = {
  repositoryUrl: source,
  mirrorsFolder: scratch.at("mirrors"),
  allowedLocalFolders: [scratch.at("repositories")],
};
const folder = scratch.at("work/source");
beforeEach(() => {
  for (const name of ["repositories", "mirrors", "work"]) {
    rmSync(scratch.at(name), { recursive: true, force: true });
  }
});

test("the files of exactly that commit are written, with their modes and links, and no .git", async () => {
  writeFiles(source, { "run.sh": "#!/bin/sh\n", "sub/a.txt": "one" });
  chmodSync(`${source}/run.sh`, 0o755);
  symlinkSync("sub/a.txt", `${source}/link`);
  const first = commitFiles(source, "first", {});
  commitFiles(source, "second", { "sub/a.txt": "two", "later.txt": "x" });
  await checkoutCommit({ ...place, sha: first, folder });
  expect(readdirSync(folder).sort()).toEqual(["link", "run.sh", "sub"]);
  expect(readFileSync(`${folder}/sub/a.txt`, "utf8")).toBe("one");
  expect(statSync(`${folder}/run.sh`).mode & 0o111).not.toBe(0);
  expect(lstatSync(`${folder}/link`).isSymbolicLink()).toBe(true);
  expect(readdirSync(scratch.at("work"))).toEqual(["source"]);
});

test("a known commit needs no contact; a new one is fetched", async () => {
  const first = commitFiles(source, "first", { a: "1" });
  await ensureMirror(place);
  const second = commitFiles(source, "second", { a: "2" });
  await checkoutCommit({ ...place, sha: second, folder });
  expect(readFileSync(`${folder}/a`, "utf8")).toBe("2");
  rmSync(source, { recursive: true });
  await checkoutCommit({ ...place, sha: first, folder: scratch.at("work/again") });
  expect(readFileSync(scratch.at("work/again/a"), "utf8")).toBe("1");
});

test("a commit that is nowhere is refused, and nothing is written", async () => {
  commitFiles(source, "first", { a: "1" });
  const sha = "deadbeef".repeat(5);
  await expect(checkoutCommit({ ...place, sha, folder })).rejects.toMatchObject({ field: "ref" });
  await expect(ensureCommit({ ...place, sha })).rejects.toThrow("no longer has commit deadbee");
  expect(existsSync(folder)).toBe(false);
});

test("a commit without files gives an empty folder", async () => {
  const sha = commitFiles(source, "nothing", {});
  await checkoutCommit({ ...place, sha, folder });
  expect(readdirSync(folder)).toEqual([]);
});

test("filters and submodules of a repository do nothing", async () => {
  writeFiles(source, { ".gitattributes": "* filter=evil export-ignore\n", "a.txt": "a" });
  const sha = commitFiles(source, "first", {});
  git(source, "config", "filter.evil.smudge", `touch ${scratch.at("ran")}`);
  await checkoutCommit({ ...place, sha, folder });
  expect(readFileSync(`${folder}/a.txt`, "utf8")).toBe("a");
  expect(existsSync(scratch.at("ran"))).toBe(false);
});

test("a service's folder must be in the checkout", async () => {
  mkdirSync(`${folder}/services/hello`, { recursive: true });
  symlinkSync("/etc", `${folder}/out`);
  expect(await serviceFolder(folder, null)).toBe(folder);
  expect(await serviceFolder(folder, "services/hello")).toBe(`${folder}/services/hello`);
  await expect(serviceFolder(folder, "services/none")).rejects.toThrow("no folder services/none");
  await expect(serviceFolder(folder, "out")).rejects.toThrow("no folder out");
  await expect(serviceFolder(folder, "../..")).rejects.toThrow("no folder ../..");
});
