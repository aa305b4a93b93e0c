import { execFileSync } from "node:child_process";
import { watch } from "node:fs";
import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runGit } from "./git.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anytime-git-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Git as a process that leaves a file when it starts, and ends when it has read a line from the pipe. */
const waitForLine = (name: string) => [
  "-c",
  `alias.wait=!touch ${join(folder, name)} && read line < ${join(folder, "pipe")}`,
  "wait",
];

async function untilStarted(count: number): Promise<string[]> {
  const changes = watch(folder);
  try {
    for (;;) {
      const names = (await readdir(folder)).filter((name) => name.startsWith("run-")).sort();
      if (names.length >= count) return names;
      await new Promise((resolve) => changes.once("change", resolve));
    }
  } finally {
    changes.close();
  }
}

test("one process runs four readers at once, and those that wait can be called off", async () => {
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const calledOff = new AbortController();
  const outcomes = Array.from({ length: 6 }, (_, n) =>
    runGit(waitForLine(`run-${n}`), n === 4 ? { signal: calledOff.signal } : {}),
  );
  const refused = expect(outcomes[4]).rejects.toThrow("called off");
  await untilStarted(4);
  calledOff.abort(new Error("called off"));
  await refused;
  // A place is free for a repository elsewhere all the while: it is counted by itself.
  const contact = await runGit(["ls-remote", folder], { protocol: "file" });
  expect(contact.exitCode).not.toBe(0);
  expect(await untilStarted(4)).toEqual(["run-0", "run-1", "run-2", "run-3"]);
  const pipe = await open(join(folder, "pipe"), "r+");
  await pipe.write("\n".repeat(6));
  await Promise.all(outcomes.filter((_, n) => n !== 4));
  expect(await untilStarted(5)).not.toContain("run-4");
  await pipe.close();
});
