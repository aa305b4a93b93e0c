import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["server/**/*.test.ts", "db/**/*.test.ts", "components/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "server/processes/web/running/**"],
    globalSetup: ["db/testing/global-setup.ts"],
    // What hangs ends some time; a machine that is busy with other things is no reason to fail.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
