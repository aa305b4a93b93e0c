import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { S3Settings } from "#server/kernel/s3-settings.ts";
import { ArtifactDepot } from "./artifact-depot.ts";
import { packArtifact } from "./pack-artifact.ts";
import { S3Store } from "./s3-store.ts";
import { forgeTar } from "./testing/forge-tar.ts";
import { type OpenS3Server, openS3Server } from "./testing/open-s3-server.ts";
import { makeScratch, writeFiles } from "./testing/scratch.ts";
import { unpackArtifact } from "./unpack-artifact.ts";

const scratch = makeScratch();
const bucketFolder = scratch.at("s3/releases");
let server: OpenS3Server;
let store: S3Store;
beforeAll(async () => {
  mkdirSync(scratch.at("s3"));
  server = await openS3Server(scratch.at("s3"));
  store = new S3Store(server.settings);
});
afterAll(async () => {
  await server.close();
  scratch.remove();
});
beforeEach(() => {
  for (const name of ["one", "other", "tree", "release"])
    rmSync(scratch.at(name), { recursive: true, force: true });
});

const depotOf = (name: string, settings: Partial<S3Settings> = {}) =>
  new ArtifactDepot(scratch.at(name), new S3Store({ ...server.settings, ...settings }));

async function packAndKeep(depot: ArtifactDepot, text = "a"): Promise<string> {
  writeFiles(scratch.at("tree"), { "a.txt": text });
  const { digest, file } = await packArtifact({
    folder: scratch.at("tree"),
    include: [],
    store: depot.local,
  });
  await depot.keep(digest, file);
  return digest;
}

const unpack = (digest: string, depot: ArtifactDepot) =>
  unpackArtifact({ digest, depot, folder: scratch.at("release") });
const unpackedText = () => readFileSync(scratch.at("release/a.txt"), "utf8");

function someFile(bytes: number): { file: string; content: Buffer } {
  const file = scratch.at("content");
  const content = randomBytes(bytes);
  writeFileSync(file, content);
  return { file, content };
}

test("what one machine packs runs on another, which keeps a copy", async () => {
  const digest = await packAndKeep(depotOf("one"));
  const other = depotOf("other");
  await unpack(digest, other);
  expect(unpackedText()).toBe("a");
  expect(readdirSync(scratch.at("other"))).toEqual([`${digest}.tar.zst`]);
  await store.remove(digest);
  rmSync(scratch.at("release"), { recursive: true });
  await unpack(digest, other);
  expect(unpackedText()).toBe("a");
});

test("a large artifact goes up in parts and comes back whole; it can be listed, found and removed", async () => {
  const digest = "c".repeat(64);
  const { file, content } = someFile(40 * 1024 * 1024 + 17);
  await store.put(digest, file);
  expect((await buffer(await store.open(digest))).equals(content)).toBe(true);
  const found = [];
  for await (const stored of store.list()) if (stored.digest === digest) found.push(stored);
  expect(found).toEqual([{ digest, bytes: content.length, storedAt: expect.any(Date) }]);
  expect(await store.has(digest)).toBe(true);
  await store.remove(digest);
  await store.remove(digest);
  expect(await store.has(digest)).toBe(false);
});

test("an upload that is broken off leaves nothing under the name, nor parts", async () => {
  const digest = "d".repeat(64);
  const { file } = someFile(40 * 1024 * 1024);
  const stop = new AbortController();
  const uploading = store.put(digest, file, stop.signal);
  while (!hasParts()) await new Promise(setImmediate);
  stop.abort();
  await expect(uploading).rejects.toMatchObject({ name: "AbortError" });
  expect(await store.has(digest)).toBe(false);
});

function hasParts(): boolean {
  return readdirSync(bucketFolder).some((name) => name.includes("upload"));
}

test("a damaged copy on the machine is fetched again; a damaged object is refused and taken away", async () => {
  const depot = depotOf("one");
  const digest = await packAndKeep(depot);
  const forged = zstdCompressSync(forgeTar({ path: "a.txt", body: "forged" }));
  writeFileSync(depot.local.file(digest), forged);
  await unpack(digest, depot);
  expect(unpackedText()).toBe("a");

  rmSync(scratch.at("release"), { recursive: true });
  writeFileSync(scratch.at("forged"), forged);
  await store.put(digest, scratch.at("forged"));
  const message = expect.stringMatching(/in the bucket releases at .* is damaged/);
  await expect(unpack(digest, depotOf("other"))).rejects.toMatchObject({
    name: "StepError",
    digest,
    message,
  });
  expect(readdirSync(scratch.at("release"))).toEqual([]);
  expect(await store.has(digest)).toBe(false);
  expect(readdirSync(scratch.at("other"))).toEqual([]);
});

test.each<[string, (settings: S3Settings) => Partial<S3Settings>, string]>([
  [
    "credentials that are wrong",
    () => ({ credentials: { accessKeyId: "somebody", secretAccessKey: "guessed-secret" } }),
    "access is refused. Check ANYTIME_S3_ACCESS_KEY_ID",
  ],
  ["a bucket that is not there", () => ({ bucket: "missing" }), "there is no such bucket"],
  ["a store that is away", () => ({ endpoint: "http://127.0.0.1:9" }), "cannot be reached"],
])("%s are said with store, artifact and what to do, and nothing stays", async (_, change, message) => {
  const settings = change(server.settings);
  const depot = depotOf("one", settings);
  const failed = { name: "StepError", message: expect.stringContaining(message) };
  const error = await packAndKeep(depot).catch((thrown: Error) => thrown);
  expect(error).toMatchObject(failed);
  const { bucket, endpoint } = { ...server.settings, ...settings };
  expect((error as Error).message).toContain(`the bucket ${bucket} at ${endpoint}`);
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain("guessed-secret");
  await expect(unpack("a".repeat(64), depot)).rejects.toMatchObject(failed);
});

test("an artifact that is in no store is said to be missing, and can be built anew", async () => {
  const digest = "e".repeat(64);
  await expect(unpack(digest, depotOf("one"))).rejects.toMatchObject({
    name: "StepError",
    digest,
    message: expect.stringMatching(
      /^The artifact eeeeeeeeeeee is not in the bucket releases at .*builds the commit anew/,
    ),
  });
});

test("a store that breaks off in the middle of an object leaves no copy", async () => {
  const half = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => {
      socket.end(
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: application/zstd\r\n\r\nhalf of it",
      );
    });
  });
  await new Promise<void>((resolve) => half.listen(0, "127.0.0.1", resolve));
  const address = half.address();
  const port = typeof address === "object" ? address?.port : 0;
  const depot = depotOf("one", { endpoint: `http://127.0.0.1:${port}` });
  await expect(unpack("f".repeat(64), depot)).rejects.toMatchObject({
    name: "StepError",
    message: expect.stringContaining("could not be fetched whole from the bucket releases"),
  });
  expect(readdirSync(scratch.at("one"))).toEqual([]);
  half.close();
});
