import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canMount, fillDisk, mountSmallDisk, unmount } from "#server/kernel/testing/small-disk.ts";
import { StateFile } from "./state-file.ts";

test.runIf(canMount)(
  "a router that starts on a full disk knows what it saved on it last",
  async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), "anytime-state-"));
    if (!mountSmallDisk(folder, "1m")) skip("This machine lets nobody mount a small disk.");
    try {
      const path = join(folder, "state.json");
      const file = await StateFile.open(path);
      await file.save(() => []);
      fillDisk(folder);
      file.isSignedOff = false;
      await file.save(() => []);
      const next = await StateFile.open(path);
      expect([next.routerId, next.isSignedOff]).toEqual([file.routerId, false]);
    } finally {
      unmount(folder);
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
