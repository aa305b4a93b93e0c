import { defineConfig } from "vitest/config";

/** Tests of a web process as it runs, pages and all: they need `next build` first. */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["server/processes/web/running/**/*.test.ts"],
    globalSetup: ["db/testing/global-setup.ts"],
    // What hangs ends some time; a machine that is busy with other things is no reason to fail.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 1,
  },
});
