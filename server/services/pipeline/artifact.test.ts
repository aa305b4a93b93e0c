import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeEach, expect, test } from "vitest";
import { canIsolateServices } from "#server/kernel/service-accounts.ts";
import { ArtifactDepot } from "./artifact-depot.ts";
import { packArtifact } from "./pack-artifact.ts";
import { type ForgedEntry, forgeTar } from "./testing/forge-tar.ts";
import { makeScratch, writeFiles } from "./testing/scratch.ts";
import { unpackArtifact } from "./unpack-artifact.ts";

const scratch = makeScratch();
afterAll(scratch.remove);

const tree = scratch.at("tree");
const artifactsFolder = scratch.at("artifacts");
const target = scratch.at("release");
beforeEach(() => {
  for (const folder of [tree, artifactsFolder, target]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(tree);
});

const depot = new ArtifactDepot(artifactsFolder);

async function pack(include: string[] = [], account: { uid: number; gid: number } | null = null) {
  const { file, ...artifact } = await packArtifact({ folder: tree, include, store: depot.local, account });
  await depot.keep(artifact.digest, file);
  return artifact;
}
const unpack = (digest: string) => unpackArtifact({ digest, depot, folder: target });

test("what is packed comes out again: content, modes, links, empty folders, odd names", async () => {
  const long = `${"deep/".repeat(30)}${"n".repeat(150)}.txt`;
  writeFiles(tree, {
    "dist/server.mjs": "serve()",
    "run.sh": "#!/bin/sh\n",
    "ünï ✓\n'\".txt": "odd",
    [long]: "long",
  });
  chmodSync(`${tree}/run.sh`, 0o700);
  chmodSync(`${tree}/dist/server.mjs`, 0o600);
  mkdirSync(`${tree}/empty`);
  symlinkSync("../run.sh", `${tree}/dist/link`);
  symlinkSync("nowhere", `${tree}/dangling`);
  const artifact = await pack();
  expect(artifact).toEqual({
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    bytes: expect.any(Number),
    fileCount: 6,
  });
  const [stored] = readdirSync(artifactsFolder);
  expect(stored).toBe(`${artifact.digest}.tar.zst`);
  const content = readFileSync(`${artifactsFolder}/${stored}`);
  expect(content.length).toBe(artifact.bytes);
  expect(createHash("sha256").update(zstdDecompressSync(content)).digest("hex")).toBe(artifact.digest);

  await unpack(artifact.digest);
  expect(readFileSync(`${target}/ünï ✓\n'".txt`, "utf8")).toBe("odd");
  expect(readFileSync(`${target}/${long}`, "utf8")).toBe("long");
  expect(statSync(`${target}/run.sh`).mode & 0o777).toBe(0o755);
  expect(statSync(`${target}/dist/server.mjs`).mode & 0o777).toBe(0o644);
  expect(readlinkSync(`${target}/dist/link`)).toBe("../run.sh");
  expect(readlinkSync(`${target}/dangling`)).toBe("nowhere");
  expect(lstatSync(`${target}/empty`).isDirectory()).toBe(true);
});

test("the same tree gives the same digest: times, owners, hard links and order do not count", async () => {
  writeFiles(tree, { "a.txt": "same", "b/c.txt": "x" });
  writeFileSync(`${tree}/b.txt`, "same");
  const first = await pack();
  rmSync(tree, { recursive: true });
  writeFiles(tree, { "b/c.txt": "x", "b.txt": "same" });
  linkSync(`${tree}/b.txt`, `${tree}/a.txt`);
  utimesSync(`${tree}/b/c.txt`, 1, 1);
  chmodSync(`${tree}/b.txt`, 0o664);
  expect(await pack()).toEqual(first);
  writeFileSync(`${tree}/b/c.txt`, "y");
  expect((await pack()).digest).not.toBe(first.digest);
  expect(readdirSync(artifactsFolder)).toHaveLength(2);
});

test("only what is included is packed, once", async () => {
  writeFiles(tree, {
    "dist/a": "a",
    "dist/sub/b": "b",
    "package.json": "{}",
    "secret.txt": "s",
    ".git/config": "g",
  });
  const { digest, fileCount } = await pack(["dist/", "./dist/sub", "package.json", "dist//a"]);
  expect(fileCount).toBe(3);
  await unpack(digest);
  expect(readdirSync(target).sort()).toEqual(["dist", "package.json"]);
  expect((await pack()).fileCount).toBe(4);
  expect((await pack(["."])).fileCount).toBe(4);
});

test.each([
  ["dist", "there is no dist after the build"],
  ["a.txt/x", "there is no a.txt/x after the build"],
  ["../tree/a.txt", "leads out of the service's folder"],
  ["sub/../../x", "leads out of the service's folder"],
  ["/etc/passwd", "leads out of the service's folder"],
  ["way/passwd", "goes through the symbolic link way"],
])("including %s fails and says why", async (path, message) => {
  writeFiles(tree, { "a.txt": "a" });
  symlinkSync("/etc", `${tree}/way`);
  await expect(pack([path])).rejects.toMatchObject({
    name: "StepError",
    message: expect.stringContaining(message),
  });
  expect(existsSync(artifactsFolder) ? readdirSync(artifactsFolder) : []).toEqual([]);
});

test.each([
  ["an absolute link", "/etc/passwd"],
  ["a link out by its name", "../../outside"],
  ["a link out by another link", "here/../outside"],
])("%s is not packed", async (_, to) => {
  writeFiles(scratch.folder, { outside: "x" });
  mkdirSync(`${tree}/deep/er`, { recursive: true });
  symlinkSync("../..", `${tree}/deep/er/here`);
  rmSync(`${tree}/deep/er/here`);
  symlinkSync(".", `${tree}/here`);
  symlinkSync(to, `${tree}/link`);
  await expect(pack()).rejects.toThrow(`link is a symbolic link to ${to}`);
});

test("what is no file is not packed", async () => {
  execFileSync("mkfifo", [`${tree}/pipe`]);
  await expect(pack()).rejects.toThrow("pipe is neither a file, a folder nor a symbolic link");
});

test.skipIf(!canIsolateServices())(
  "of a build that ran as somebody else, only what is theirs is packed (skipped for anybody but root)",
  async () => {
    const account = { uid: 20_001, gid: 20_001 };
    const packTheirs = () => pack([], account);
    writeFiles(tree, { "dist/a.txt": "a", "dist/b.txt": "b" });
    const own = await pack();
    for (const path of ["", "dist", "dist/a.txt", "dist/b.txt"]) chownSync(join(tree, path), 20_001, 20_001);
    expect(await packTheirs()).toEqual(own);
    for (const path of ["dist/b.txt", "dist"]) {
      chownSync(join(tree, path), 0, 0);
      await expect(packTheirs()).rejects.toThrow(`${path} belongs to another user than the build ran as`);
    }
  },
);

test("a build that made nothing is said, not packed", async () => {
  mkdirSync(`${tree}/dist`);
  await expect(pack(["dist"])).rejects.toThrow("not a single file to pack");
});

test("a damaged or missing artifact is refused, taken out of the store, and leaves nothing", async () => {
  writeFiles(tree, { "a.txt": "a" });
  const { digest } = await pack();
  const other = keepTar(forgeTar({ path: "a.txt", body: "b" }));
  renameSync(depot.local.file(other), depot.local.file(digest));
  const message = expect.stringContaining("is damaged: its SHA-256 is another");
  await expect(unpack(digest)).rejects.toMatchObject({ name: "StepError", digest, message });
  expect(await depot.local.has(digest)).toBe(false);
  expect(readdirSync(target)).toEqual([]);
  await expect(unpack("0".repeat(64))).rejects.toThrow("is not in the folder");
  await expect(unpack("../../etc/passwd")).rejects.toThrow("SHA-256");
});

test("a folder that is not empty is left alone", async () => {
  writeFiles(tree, { "a.txt": "a" });
  const { digest } = await pack();
  writeFiles(target, { "mine.txt": "mine" });
  await expect(unpack(digest)).rejects.toThrow("not empty");
  expect(readdirSync(target)).toEqual(["mine.txt"]);
});

/** An artifact with any entries, as somebody else's packer might have made it. */
function forge(...entries: ForgedEntry[]): string {
  return keepTar(forgeTar(...entries));
}

function keepTar(tar: Buffer): string {
  const digest = createHash("sha256").update(tar).digest("hex");
  mkdirSync(artifactsFolder, { recursive: true });
  writeFileSync(depot.local.file(digest), zstdCompressSync(tar));
  return digest;
}

test.each<[string, ForgedEntry[]]>([
  ["a path out", [{ path: "../escaped", body: "x" }]],
  ["a path out from within", [{ path: "a/../../escaped", body: "x" }]],
  ["an absolute path", [{ path: scratch.at("escaped"), body: "x" }]],
  ["a link out", [{ path: "way", type: "2", target: ".." }]],
  ["an absolute link", [{ path: "way", type: "2", target: "/etc" }]],
  ["a hard link", [{ path: "way", type: "1", target: "/etc/passwd" }]],
  ["a device", [{ path: "null", type: "3" }]],
  ["a file that lends its owner's rights", [{ path: "run", mode: 0o4755, body: "x" }]],
  ["a file twice", [{ path: "first.txt", body: "x" }]],
  ["a file in no folder", [{ path: "none/first.txt", body: "x" }]],
  ["a name that is not its own", [{ path: "a/./b", body: "x" }]],
  [
    "a link out by another link",
    [
      { path: "deep/", type: "5" },
      { path: "deep/here", type: "2", target: ".." },
      { path: "way", type: "2", target: "deep/here/../outside" },
    ],
  ],
  [
    "a file in the place of a link",
    [
      { path: "way", type: "2", target: "first.txt" },
      { path: "way", body: "x" },
    ],
  ],
  ["a pipe", [{ path: "pipe", type: "6" }]],
  [
    "a file through a link",
    [
      { path: "way", type: "2", target: "." },
      { path: "way/escaped", body: "x" },
    ],
  ],
])("%s is refused on unpacking, and nothing stays", async (_, entries) => {
  const digest = forge({ path: "first.txt", body: "first" }, ...entries);
  await expect(unpack(digest)).rejects.toMatchObject({ name: "StepError", digest });
  expect(readdirSync(target)).toEqual([]);
  expect(existsSync(scratch.at("escaped"))).toBe(false);
});

test("an artifact of an earlier version, named by the packed file, still unpacks", async () => {
  const file = zstdCompressSync(
    forgeTar({ path: "./dist/", type: "5" }, { path: "./dist/a.txt", body: "a", mode: 0o755 }),
  );
  const digest = createHash("sha256").update(file).digest("hex");
  mkdirSync(artifactsFolder, { recursive: true });
  writeFileSync(depot.local.file(digest), file);
  await unpack(digest);
  expect(readFileSync(`${target}/dist/a.txt`, "utf8")).toBe("a");
  expect(statSync(`${target}/dist/a.txt`).mode & 0o777).toBe(0o755);
});

test("the digest is the same on every machine and whatever compresses it", async () => {
  writeFiles(tree, { "bin/run": "#!/bin/sh\n", "a.txt": "a", [`${"n".repeat(120)}.txt`]: "long" });
  chmodSync(`${tree}/bin/run`, 0o755);
  symlinkSync("bin/run", `${tree}/run`);
  expect((await pack()).digest).toBe("4c9476d5ff9da9d2ff0c8f1e19405df21575d9081f72d7d9585f29f4bac5ead7");
});

test("any tree of files comes out as it went in", async () => {
  const name = fc.stringMatching(/^[a-z0-9._ -]{1,20}$/).filter((text) => !/^\.{1,2}$|^\.git$/.test(text));
  const files = fc.dictionary(name, fc.string({ unit: "binary", maxLength: 2_000 }), {
    minKeys: 1,
    maxKeys: 8,
  });
  await fc.assert(
    fc.asyncProperty(files, async (content) => {
      for (const folder of [tree, target]) rmSync(folder, { recursive: true, force: true });
      mkdirSync(tree);
      writeFiles(tree, content);
      await unpack((await pack()).digest);
      const found = readdirSync(target).map((file) => [file, readFileSync(`${target}/${file}`, "utf8")]);
      const written = readdirSync(tree).map((file) => [file, readFileSync(`${tree}/${file}`, "utf8")]);
      expect(found).toEqual(written);
    }),
    { numRuns: 25 },
  );
});

test("no archive, however made, writes outside of its folder", async () => {
  const part = fc.constantFrom("a", "b", "..", ".", "", "first.txt", "way");
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
  const entry: fc.Arbitrary<ForgedEntry> = fc.record({
    path,
    type: fc.constantFrom("0", "1", "2", "2", "5", "5", "6"),
    target: path,
    body: fc.constantFrom("", "x"),
    mode: fc.constantFrom(0o644, 0o4755),
  });
  const box = scratch.at("box");
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 8 }), async (entries) => {
      rmSync(box, { recursive: true, force: true });
      mkdirSync(box);
      const folder = `${box}/deep/er/release`;
      const digest = forge({ path: "first.txt", body: "first" }, ...entries);
      const isWhole = await unpackArtifact({ digest, depot, folder }).then(
        () => true,
        (error: Error) => {
          expect(error.name).toBe("StepError");
          return false;
        },
      );
      expect(readdirSync(box)).toEqual(["deep"]);
      expect(readdirSync(`${box}/deep/er`)).toEqual(["release"]);
      if (!isWhole) expect(readdirSync(folder)).toEqual([]);
      for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!name.isSymbolicLink()) continue;
        const reached = join(name.parentPath, readlinkSync(join(name.parentPath, name.name)));
        const real = existsSync(reached) ? realpathSync(reached) : folder;
        expect(real === folder || real.startsWith(`${folder}/`)).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test("damage anywhere in the file is noticed", async () => {
  writeFiles(tree, { "a.txt": "a".repeat(5_000), "b/c.txt": "content" });
  const { digest } = await pack();
  const whole = readFileSync(depot.local.file(digest));
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ flip;
      writeFileSync(depot.local.file(digest), damaged);
      rmSync(target, { recursive: true, force: true });
      const isWhole = await unpack(digest).then(
        () => true,
        (error: Error) => {
          expect(error.name).toBe("StepError");
          return false;
        },
      );
      // Bits that say nothing of the content, such as how large a window to hold, may be others.
      if (isWhole) expect(readFileSync(`${target}/b/c.txt`, "utf8")).toBe("content");
      else expect(readdirSync(target)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
