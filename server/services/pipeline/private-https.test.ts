import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { checkoutCommit } from "./checkout-commit.ts";
import { ensureMirror, openMirror } from "./ensure-mirror.ts";
import { runGit } from "./git.ts";
import type { RepositoryAccess } from "./repository-access.ts";
import { type HttpsServer, startHttpsServer, storeObject } from "./testing/https-server.ts";
import { commitFiles, git, makeScratch } from "./testing/scratch.ts";

const scratch = makeScratch();
const repositories = scratch.at("repositories");
const mirrorsFolder = scratch.at("mirrors");
const secret = "glpat-0123456789";
let server: HttpsServer;
let elsewhere: HttpsServer;
beforeAll(async () => {
  server = await startHttpsServer(scratch.at("tls"), repositories);
  elsewhere = await startHttpsServer(scratch.at("tls-elsewhere"), repositories);
  process.env.GIT_SSL_CAINFO = server.certificateFile;
});
afterAll(async () => {
  await Promise.all([server.stop(), elsewhere.stop()]);
  delete process.env.GIT_SSL_CAINFO;
  scratch.remove();
});
beforeEach(() => {
  for (const name of ["repositories", "mirrors", "work"]) {
    rmSync(scratch.at(name), { recursive: true, force: true });
  }
  mkdirSync(repositories);
  server.login = `deploy:${secret}`;
  server.redirects.clear();
  server.asked.length = 0;
  elsewhere.asked.length = 0;
  process.env.GIT_SSL_CAINFO = server.certificateFile;
});

const place = (name = "hello") => ({
  repositoryUrl: `${server.url}/${name}`,
  mirrorsFolder,
  allowedLocalFolders: [],
});
const access = (token = secret): RepositoryAccess => ({
  reader: "own",
  login: { kind: "token", username: "deploy", token },
});
const folder = scratch.at("work/source");
/** As a Git server has it: bare, with what is committed so far. */
function publish(name: string): void {
  git(repositories, "clone", "-q", "--bare", `${repositories}/work-${name}`, `${repositories}/${name}/.git`);
}

function everythingBelow(path: string): string {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "latin1"))
    .join("\n");
}

test("a token opens a private repository, and stands nowhere afterwards", async () => {
  const sha = commitFiles(`${repositories}/work-hello`, "first", { "a.txt": "one" });
  publish("hello");
  const progress: string[] = [];
  const onProgress = (line: string) => progress.push(line);
  await checkoutCommit({ ...place(), access: access(), sha, folder, onProgress });
  expect(readFileSync(`${folder}/a.txt`, "utf8")).toBe("one");
  expect(progress.join(" ")).toContain("objects: 100%");
  expect(everythingBelow(mirrorsFolder)).not.toContain(secret);
});

test("without it the words say that the repository is private; with a revoked one, that it is refused", async () => {
  commitFiles(`${repositories}/work-hello`, "first", { a: "1" });
  publish("hello");
  await expect(ensureMirror(place())).rejects.toMatchObject({
    field: "repositoryAccess",
    message: expect.stringContaining("private"),
  });
  await expect(ensureMirror({ ...place(), access: access("revoked-token") })).rejects.toMatchObject({
    field: "repositoryAccess",
    message: expect.not.stringContaining("revoked-token"),
  });
});

test("it never goes on after a redirect", async () => {
  commitFiles(`${repositories}/work-hello`, "first", { a: "1" });
  publish("hello");
  server.redirects.set("/hello/", `${elsewhere.url}/hello/`);
  await expect(ensureMirror({ ...place(), access: access() })).rejects.toThrow("another address");
  expect(elsewhere.asked).toEqual([]);
  server.redirects.clear();
  server.redirects.set("/hello/", `${server.url}/renamed/`);
  await expect(ensureMirror({ ...place(), access: access() })).rejects.toThrow("renamed");
});

test("a repository that is gone is said to be so, and what is here of it is shown to this reader no more", async () => {
  commitFiles(`${repositories}/work-hello`, "first", { a: "1" });
  publish("hello");
  const seen = () => openMirror({ repositoryUrl: place().repositoryUrl, mirrorsFolder, reader: "own" });
  await ensureMirror({ ...place(), access: access() });
  expect(await seen()).not.toBeNull();
  rmSync(`${repositories}/hello`, { recursive: true });
  await expect(ensureMirror({ ...place(), access: access() })).rejects.toThrow("There is no repository");
  expect(await seen()).toBeNull();
  await expect(ensureMirror({ ...place("none"), access: access() })).rejects.toMatchObject({
    field: "repositoryUrl",
    message: expect.stringContaining("There is no repository"),
  });
});

test("submodules come with the repository's own credential, relative and nested, and only where asked for", async () => {
  const inner = commitFiles(`${repositories}/work-inner`, "inner", { "inner.txt": "in" });
  publish("inner");
  const lib = `${repositories}/work-lib`;
  commitFiles(lib, "lib", { "lib.txt": "lib", ".gitmodules": module("deep/inner", "../inner") });
  const libSha = link(lib, "deep/inner", inner);
  publish("lib");
  const hello = `${repositories}/work-hello`;
  commitFiles(hello, "first", { ".gitmodules": module("libs/lib", `${server.url}/lib`) });
  const sha = link(hello, "libs/lib", libSha);
  publish("hello");

  await checkoutCommit({ ...place(), access: access(), sha, folder });
  expect(readdirSync(`${folder}/libs/lib`)).toEqual([]);
  const whole = scratch.at("work/whole");
  await checkoutCommit({ ...place(), access: access(), sha, folder: whole, submodules: true });
  expect(readFileSync(`${whole}/libs/lib/lib.txt`, "utf8")).toBe("lib");
  expect(readFileSync(`${whole}/libs/lib/deep/inner/inner.txt`, "utf8")).toBe("in");
  expect(existsSync(`${whole}/libs/lib/.git`)).toBe(false);
});

test.each([
  ["ext::sh -c 'touch /tmp/owned'", "Remote helpers"],
  ["-u./payload", "cannot begin with a dash"],
  ["/etc", "neither from the repository's own host"],
  ["ssh://git@git.example.org/x.git", "neither from the repository's own host"],
  ["file:///etc", "file is not taken"],
  ["../../../../../x", "is not taken"],
])("a hostile address of a submodule is refused: %s", async (url, words) => {
  const hello = `${repositories}/work-hello`;
  commitFiles(hello, "first", { ".gitmodules": module("lib", url) });
  const sha = link(hello, "lib", "a".repeat(40));
  publish("hello");
  const refused = checkoutCommit({ ...place(), access: access(), sha, folder, submodules: true });
  await expect(refused).rejects.toMatchObject({ field: "checkout.submodules" });
  await expect(refused).rejects.toThrow(words);
});

test("a submodule elsewhere is asked without the repository's credential", async () => {
  const hello = `${repositories}/work-hello`;
  commitFiles(hello, "first", { ".gitmodules": module("lib", `${elsewhere.url}/lib`) });
  const sha = link(hello, "lib", "a".repeat(40));
  publish("hello");
  process.env.GIT_SSL_CAINFO = scratch.at("both.pem");
  const both = [server, elsewhere].map(({ certificateFile }) => readFileSync(certificateFile, "utf8"));
  writeFileSync(scratch.at("both.pem"), both.join(""));
  elsewhere.login = "nobody:nothing";
  await expect(
    checkoutCommit({ ...place(), access: access(), sha, folder, submodules: true }),
  ).rejects.toThrow("In the submodule lib: This repository is private");
  expect(elsewhere.asked.length).toBeGreaterThan(0);
  expect(elsewhere.asked.filter(({ login }) => login?.includes(secret))).toEqual([]);
});

const hasLfs = (await runGit(["lfs", "version"])).exitCode === 0;

test.skipIf(!hasLfs)(
  `files in Git LFS are written where asked for${hasLfs ? "" : " (skipped: no git-lfs)"}`,
  async () => {
    const content = Buffer.from("a large picture\n".repeat(100));
    const pointer = (oid: string) =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
    const sha = commitFiles(`${repositories}/work-hello`, "first", {
      ".gitattributes": "*.png filter=lfs diff=lfs merge=lfs -text\n",
      ".lfsconfig": `[lfs]\n\turl = ${elsewhere.url}/steal\n`,
      "a.png": pointer(storeObject(server, content)),
    });
    publish("hello");
    await checkoutCommit({ ...place(), access: access(), sha, folder });
    expect(readFileSync(`${folder}/a.png`, "utf8")).toContain("oid sha256:");
    const whole = scratch.at("work/whole");
    await checkoutCommit({ ...place(), access: access(), sha, folder: whole, lfs: true });
    expect(readFileSync(`${whole}/a.png`)).toEqual(content);
    expect(elsewhere.asked).toEqual([]);

    const lost = commitFiles(`${repositories}/work-hello`, "lost", { "b.png": pointer("b".repeat(64)) });
    rmSync(`${repositories}/hello`, { recursive: true });
    publish("hello");
    const refused = checkoutCommit({
      ...place(),
      access: access(),
      sha: lost,
      folder: `${whole}-2`,
      lfs: true,
    });
    await expect(refused).rejects.toMatchObject({ field: "checkout.lfs" });
    expect(existsSync(`${whole}-2`)).toBe(false);
  },
);

function module(path: string, url: string): string {
  return `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`;
}

/** A commit may name any other as a submodule's, whether it exists or not. */
function link(repository: string, path: string, sha: string): string {
  git(repository, "update-index", "--add", "--cacheinfo", `160000,${sha},${path}`);
  git(repository, "commit", "-q", "-m", "link");
  return git(repository, "rev-parse", "HEAD");
}
