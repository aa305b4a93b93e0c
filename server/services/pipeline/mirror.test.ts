import { chmodSync, chownSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeEach, expect, test } from "vitest";
import { countBetween } from "./count-between.ts";
import { defaultBranch } from "./default-branch.ts";
import { ensureMirror, openMirror } from "./ensure-mirror.ts";
import { includedIn } from "./included-in.ts";
import { listBranches } from "./list-branches.ts";
import { listCommits } from "./list-commits.ts";
import { readFileAt } from "./read-file-at.ts";
import { resolveRef } from "./resolve-ref.ts";
import { commitFiles, git, makeScratch } from "./testing/scratch.ts";

const scratch = makeScratch();
afterAll(scratch.remove);

const source = scratch.at("repositories/hello");
const place = {
  repositoryUrl: source,
  mirrorsFolder: scratch.at("mirrors"),
  allowedLocalFolders: [scratch.at("repositories")],
};
beforeEach(() => {
  rmSync(scratch.at("repositories"), { recursive: true, force: true });
  rmSync(scratch.at("mirrors"), { recursive: true, force: true });
});

test("a mirror is made, follows the repository, and forgets branches that are gone", async () => {
  expect(await openMirror({ ...place, reader: "public" })).toBeNull();
  const first = commitFiles(source, "First: ünï ✓", { "a.txt": "one" });
  git(source, "branch", "old");
  const mirror = await ensureMirror(place);
  expect(await listBranches(mirror)).toEqual(expect.arrayContaining(["main", "old"]));
  expect(await defaultBranch(mirror)).toBe("main");

  git(source, "branch", "-D", "old");
  const second = commitFiles(source, "Second\n\nWith a body.", { "a.txt": "two" });
  git(source, "tag", "v2");
  expect((await resolveRef(mirror, "main")).sha).toBe(first);
  await ensureMirror(place);
  expect(await listBranches(mirror)).toEqual(["main"]);
  expect(await resolveRef(mirror, "v2")).toMatchObject({
    sha: second,
    subject: "Second",
    body: "With a body.",
  });
  expect(await resolveRef(mirror, first.slice(0, 8))).toMatchObject({
    sha: first,
    subject: "First: ünï ✓",
    authorName: "Ada Example",
    committedAt: expect.any(Date),
  });
  expect(await openMirror({ ...place, reader: "public" })).toMatchObject({
    folder: mirror.folder,
    refreshedAt: expect.any(Date),
  });
});

test("what a fetch brings is there as a whole or not at all, and many fetches leave few packs", async () => {
  const shas = [commitFiles(source, "first", { a: "0" })];
  const mirror = await ensureMirror(place);
  for (let n = 1; n <= 35; n += 1) {
    shas.push(commitFiles(source, `change ${n}`, { a: String(n) }));
    await ensureMirror(place);
    // Loose objects, which are seen one by one, would stand in folders of two digits.
    const folders = readdirSync(`${mirror.folder}/objects`);
    expect(folders.filter((name) => /^[0-9a-f]{2}$/.test(name))).toEqual([]);
  }
  const packs = readdirSync(`${mirror.folder}/objects/pack`).filter((name) => name.endsWith(".pack"));
  expect(packs.length).toBeLessThanOrEqual(31);
  for (const [n, sha] of shas.entries()) expect(await readFileAt(mirror, sha, "a")).toBe(String(n));
});

test("a rewritten branch is followed", async () => {
  commitFiles(source, "first", { a: "1" });
  const mirror = await ensureMirror(place);
  git(source, "commit", "-q", "--amend", "-m", "rewritten");
  await ensureMirror(place);
  expect((await resolveRef(mirror, "main")).subject).toBe("rewritten");
});

test("the default branch is the one that the repository names", async () => {
  commitFiles(source, "first", { a: "1" });
  git(source, "checkout", "-q", "-b", "trunk");
  expect(await defaultBranch(await ensureMirror(place))).toBe("trunk");
});

test.each(["nope", "-x", "--all", "main..other", "main~1", "deadbeef".repeat(5), "0000000"])(
  "the ref %s is refused",
  async (ref) => {
    commitFiles(source, "first", { a: "1" });
    const mirror = await ensureMirror(place);
    await expect(resolveRef(mirror, ref)).rejects.toMatchObject({ name: "ValidationError", field: "ref" });
    await expect(listCommits(mirror, { ref, limit: 5 })).rejects.toMatchObject({ field: "ref" });
  },
);

test("an empty repository says so", async () => {
  commitFiles(source, "first", { a: "1" });
  rmSync(source, { recursive: true });
  git(scratch.folder, "init", "-q", "-b", "main", source);
  const mirror = await ensureMirror(place);
  await expect(resolveRef(mirror, "main")).rejects.toThrow("The repository is empty: push a commit first.");
  await expect(defaultBranch(mirror)).rejects.toThrow("The repository is empty");
});

test("what is no repository is refused", async () => {
  commitFiles(scratch.at("repositories/other"), "first", { a: "1" });
  rmSync(scratch.at("repositories/other/.git"), { recursive: true });
  const wrong = { ...place, repositoryUrl: scratch.at("repositories/other") };
  await expect(ensureMirror(wrong)).rejects.toMatchObject({ field: "repositoryUrl" });
  expect(existsSync(scratch.at("mirrors"))).toBe(false);
});

test("what cannot be reached says what to check, and nothing half-made is left", async () => {
  const unreachable = { ...place, repositoryUrl: "https://127.0.0.1:9/hello.git" };
  await expect(ensureMirror(unreachable)).rejects.toMatchObject({
    field: "repositoryUrl",
    message: expect.stringContaining("cannot be reached"),
  });
  const overSsh = { ...place, repositoryUrl: "ssh://git@127.0.0.1:9/hello.git" };
  await expect(ensureMirror(overSsh)).rejects.toMatchObject({ field: "repositoryAccess" });
  expect(readdirSync(scratch.at("mirrors"))).toEqual([]);
});

test.runIf(process.getuid?.() === 0)("a repository of another owner is read", async () => {
  commitFiles(source, "first", { a: "1" });
  chownSync(source, 65_534, 65_534);
  chownSync(`${source}/.git`, 65_534, 65_534);
  expect((await resolveRef(await ensureMirror(place), "main")).subject).toBe("first");
});

test("hooks and settings of a repository run nothing here", async () => {
  const sha = commitFiles(source, "first", { a: "1" });
  const hook = `#!/bin/sh\ntouch ${scratch.at("ran")}\n`;
  for (const name of ["post-checkout", "reference-transaction", "pre-receive", "post-update"]) {
    writeFileSync(`${source}/.git/hooks/${name}`, hook);
    chmodSync(`${source}/.git/hooks/${name}`, 0o755);
  }
  git(source, "config", "uploadpack.packObjectsHook", `touch ${scratch.at("ran")}; exit 1`);
  git(source, "config", "core.fsmonitor", `touch ${scratch.at("ran")}`);
  expect((await resolveRef(await ensureMirror(place), sha)).sha).toBe(sha);
  expect(existsSync(scratch.at("ran"))).toBe(false);
});

test("callers at the same time share one mirror", async () => {
  commitFiles(source, "first", { a: "1" });
  const mirrors = await Promise.all(Array.from({ length: 8 }, () => ensureMirror(place)));
  expect(new Set(mirrors.map((mirror) => mirror.folder)).size).toBe(1);
  expect(readdirSync(scratch.at("mirrors"))).toHaveLength(1);
});

test("an abort stops the waiting", async () => {
  commitFiles(source, "first", { a: "1" });
  await expect(ensureMirror({ ...place, signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow(
    "stop",
  );
});

test("commits are listed newest first, in pages, without those that another commit has", async () => {
  const shas: string[] = [];
  for (let n = 1; n <= 7; n += 1)
    shas.unshift(commitFiles(source, `commit ${n}`, { [`f${n % 2}/x`]: String(n) }));
  const mirror = await ensureMirror(place);
  const list = async (query: object) =>
    (await listCommits(mirror, { ref: "main", limit: 3, ...query })).map(({ sha }) => sha);
  expect(await list({})).toEqual(shas.slice(0, 3));
  expect(await list({ before: shas[2] })).toEqual(shas.slice(3, 6));
  expect(await list({ before: shas[6] })).toEqual([]);
  expect(await list({ notIn: shas[2], limit: 50 })).toEqual(shas.slice(0, 2));
  expect(await list({ path: "f1", limit: 50 })).toEqual([shas[0], shas[2], shas[4], shas[6]]);
  expect(await list({ path: "f1", also: ["f0"], limit: 50 })).toEqual(shas);
  expect(await list({ path: "*", limit: 50 })).toEqual([]);
  expect(await countBetween(mirror, shas[4] ?? "", shas[1] ?? "")).toEqual({ ahead: 3, behind: 0 });
  expect(await countBetween(mirror, shas[0] ?? "", shas[6] ?? "")).toEqual({ ahead: 0, behind: 6 });
  expect(await includedIn(mirror, shas.slice(0, 4), shas[2] ?? "")).toEqual(new Set([shas[2], shas[3]]));
  expect(await includedIn(mirror, [], shas[2] ?? "")).toEqual(new Set());
});

test("files are read at a commit", async () => {
  const first = commitFiles(source, "first", {
    "anytime.yaml": "one\n",
    "big.bin": "x".repeat(2 * 1024 * 1024),
  });
  const second = commitFiles(source, "second", { "anytime.yaml": "two\n" });
  const mirror = await ensureMirror(place);
  expect(await readFileAt(mirror, first, "anytime.yaml")).toBe("one\n");
  expect(await readFileAt(mirror, second, "anytime.yaml")).toBe("two\n");
  expect(await readFileAt(mirror, second, "none.yaml")).toBeNull();
  await expect(readFileAt(mirror, second, "big.bin")).rejects.toMatchObject({
    field: "big.bin",
    message: "big.bin is larger than 1 MiB.",
  });
  await expect(readFileAt(mirror, "main", "anytime.yaml")).rejects.toMatchObject({ field: "ref" });
});
