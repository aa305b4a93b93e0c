import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { afterAll, beforeEach, expect, test } from "vitest";
import { ArtifactDepot } from "./artifact-depot.ts";
import { packArtifact } from "./pack-artifact.ts";
import { makeScratch, writeFiles } from "./testing/scratch.ts";
import { unpackArtifact } from "./unpack-artifact.ts";

const scratch = makeScratch();
afterAll(scratch.remove);

const tree = scratch.at("tree");
const artifactsFolder = scratch.at("artifacts");
const depot = new ArtifactDepot(artifactsFolder);
beforeEach(() => {
  for (const folder of [tree, artifactsFolder]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(tree);
});

const small = scratch.at("small");

/** 64 KiB, where this machine lets the test make one. */
function canMakeSmallDisk(): boolean {
  mkdirSync(small);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", small], {
    stdio: "ignore",
  });
  return status === 0;
}

test("a full disk is said in words, and what was written of it is removed", async ({ skip }) => {
  skip(!canMakeSmallDisk(), "Only root can mount one.");
  try {
    writeFiles(tree, { "large.bin": randomBytes(300_000).toString("latin1") });
    const full = new ArtifactDepot(small);
    const packing = packArtifact({ folder: tree, include: [], store: full.local });
    await expect(packing).rejects.toMatchObject({
      name: "StepError",
      message: expect.stringContaining("There is no room left on the worker's disk to pack the artifact"),
    });
    expect(readdirSync(small)).toEqual([]);
    const { digest, file } = await packArtifact({ folder: tree, include: [], store: depot.local });
    await depot.keep(digest, file);
    const unpacking = unpackArtifact({ digest, depot, folder: `${small}/release` });
    await expect(unpacking).rejects.toMatchObject({
      name: "StepError",
      message: expect.stringContaining("There is no room left on the worker's disk to unpack the artifact"),
    });
    expect(readdirSync(`${small}/release`)).toEqual([]);
  } finally {
    execFileSync("umount", [small]);
  }
});

test("packing that is broken off leaves nothing", async () => {
  writeFiles(
    tree,
    Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`${n}.txt`, "x".repeat(20_000)])),
  );
  const stop = new AbortController();
  const packing = packArtifact({ folder: tree, include: [], store: depot.local, signal: stop.signal });
  while (!existsSync(artifactsFolder)) await new Promise(setImmediate);
  stop.abort(new Error("cancelled"));
  await expect(packing).rejects.toThrow("cancelled");
  expect(readdirSync(artifactsFolder)).toEqual([]);
});

test("a tree of which nothing is included is refused with what was asked for", async () => {
  mkdirSync(`${tree}/dist/empty`, { recursive: true });
  mkdirSync(`${tree}/lib`);
  const packing = packArtifact({ folder: tree, include: ["dist", "lib"], store: depot.local });
  await expect(packing).rejects.toThrow("package.include: there is not a single file to pack in dist, lib");
});
