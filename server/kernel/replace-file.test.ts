import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { replaceJson } from "./replace-file.ts";
import { canMount, fillDisk, mountSmallDisk, unmount } from "./testing/small-disk.ts";

let folder: string;
let isMounted: boolean;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "anytime-replace-"));
  isMounted = mountSmallDisk(folder, "1m");
});
afterEach(() => {
  unmount(folder);
  rmSync(folder, { recursive: true, force: true });
});

const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

test.runIf(canMount)(
  "on a full disk a file is replaced in the room that it has, or stays whole",
  ({ skip }) => {
    if (!isMounted) skip("This machine lets nobody mount a small disk.");
    const path = join(folder, "run.json");
    replaceJson(path, { pid: 12_345, startTime: "of the first" });
    const makeRoom = fillDisk(folder);
    replaceJson(path, { pid: 7 });
    expect(read(path)).toEqual({ pid: 7 });
    replaceJson(path, { pid: 8, startTime: "longer than what was there before" });
    expect(read(path)).toMatchObject({ pid: 8 });
    expect(() => replaceJson(path, { much: "x".repeat(100_000) })).toThrow(/ENOSPC/);
    expect(() => replaceJson(join(folder, "new.json"), { pid: 9 })).toThrow(/ENOSPC/);
    expect(read(path)).toMatchObject({ pid: 8 });
    expect(readdirSync(folder).sort()).toEqual(["filling", "run.json"]);
    makeRoom();
    replaceJson(path, { pid: 10 });
    expect(readFileSync(path, "utf8")).toBe('{"pid":10}');
  },
);
