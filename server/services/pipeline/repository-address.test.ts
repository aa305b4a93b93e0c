import { mkdirSync, symlinkSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkRepositoryAddress } from "./repository-address.ts";
import { commitFiles, makeScratch } from "./testing/scratch.ts";

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

test("a repository in an allowed folder is taken, as its real path", async () => {
  expect(await check(scratch.at("open/hello"))).toEqual({ kind: "local", path: scratch.at("open/hello") });
  expect(await check(scratch.at("open/deep/../hello"))).toMatchObject({ path: scratch.at("open/hello") });
  expect(await check(scratch.at("way-in/hello"))).toMatchObject({ path: scratch.at("open/hello") });
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
