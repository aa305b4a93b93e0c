import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { Header, type HeaderData } from "tar";
import { afterAll, beforeEach, expect, test } from "vitest";
import { canIsolateServices } from "#server/kernel/service-accounts.ts";
import { packArtifact } from "./pack-artifact.ts";
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

const pack = (include: string[] = [], folder = tree) => packArtifact({ folder, include, artifactsFolder });
const unpack = (digest: string) => unpackArtifact({ digest, artifactsFolder, folder: target });

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
  expect(createHash("sha256").update(content).digest("hex")).toBe(artifact.digest);

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
    const packTheirs = () => packArtifact({ folder: tree, include: [], artifactsFolder, account });
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

test("a damaged or missing artifact is refused before anything is written", async () => {
  writeFiles(tree, { "a.txt": "a" });
  const { digest } = await pack();
  appendFileSync(`${artifactsFolder}/${digest}.tar.zst`, "x");
  await expect(unpack(digest)).rejects.toThrow("is damaged in the store");
  expect(existsSync(target)).toBe(false);
  await expect(unpack("0".repeat(64))).rejects.toThrow("is not in the store");
  await expect(unpack("../../etc/passwd")).rejects.toThrow("SHA-256");
});

test("a folder that is not empty is left alone", async () => {
  writeFiles(tree, { "a.txt": "a" });
  const { digest } = await pack();
  writeFiles(target, { "mine.txt": "mine" });
  await expect(unpack(digest)).rejects.toThrow("not empty");
  expect(readdirSync(target)).toEqual(["mine.txt"]);
});

type Entry = HeaderData & { path: string; body?: string };

/** An artifact with any entries, as somebody else's packer might have made it. */
function forge(...entries: Entry[]): string {
  const blocks = entries.flatMap(({ body = "", ...data }) => {
    const header = new Header({ mode: 0o777, size: body.length, mtime: new Date(0), type: "File", ...data });
    header.encode();
    const padded = Buffer.alloc(Math.ceil(body.length / 512) * 512);
    padded.write(body);
    return [header.block ?? Buffer.alloc(0), padded];
  });
  const file = zstdCompressSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
  const digest = createHash("sha256").update(file).digest("hex");
  mkdirSync(artifactsFolder, { recursive: true });
  writeFileSync(`${artifactsFolder}/${digest}.tar.zst`, file);
  return digest;
}

test.each<[string, Entry[]]>([
  ["a path out", [{ path: "../escaped", body: "x" }]],
  ["a path out from within", [{ path: "a/../../escaped", body: "x" }]],
  ["an absolute path", [{ path: scratch.at("escaped"), body: "x" }]],
  ["a link out", [{ path: "way", type: "SymbolicLink", linkpath: ".." }]],
  ["an absolute link", [{ path: "way", type: "SymbolicLink", linkpath: "/etc" }]],
  ["a hard link", [{ path: "way", type: "Link", linkpath: "/etc/passwd" }]],
  ["a device", [{ path: "null", type: "CharacterDevice", devmaj: 1, devmin: 3 }]],
  ["a pipe", [{ path: "pipe", type: "FIFO" }]],
  [
    "a file through a link",
    [
      { path: "way", type: "SymbolicLink", linkpath: "." },
      { path: "way/escaped", body: "x" },
    ],
  ],
])("%s is refused on unpacking, and nothing stays", async (_, entries) => {
  const digest = forge({ path: "first.txt", body: "first" }, ...entries);
  await expect(unpack(digest)).rejects.toThrow();
  expect(existsSync(target)).toBe(false);
  expect(existsSync(scratch.at("escaped"))).toBe(false);
});

test("no mode of a forged artifact makes a file that takes its owner's rights", async () => {
  await unpack(forge({ path: "run", mode: 0o6755, body: "x" }));
  expect(statSync(`${target}/run`).mode & 0o7000).toBe(0);
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
