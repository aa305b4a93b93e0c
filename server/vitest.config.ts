import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["server/**/*.test.ts", "db/**/*.test.ts", "components/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "server/processes/web/running/**"],
    globalSetup: ["db/testing/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
