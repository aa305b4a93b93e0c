import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { repositoryRoot } from "./env.ts";

test.skipIf(!existsSync("/dev/full"))("a process whose log has no room left goes on", () => {
  const full = openSync("/dev/full", "w");
  const program = `import { openLogger } from "#server/kernel/logger.ts";
    const logger = openLogger("test", "info");
    for (let line = 0; line < 3; line += 1) logger.info("a line");
    setImmediate(() => console.error("goes on"));`;
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: repositoryRoot,
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
    timeout: 10_000,
    killSignal: "SIGKILL",
  });
  closeSync(full);
  expect({ stderr, status }).toEqual({ stderr: "goes on\n", status: 0 });
});
