import { defineConfig } from "@playwright/test";

const executablePath = process.env.ANYTIME_CHROMIUM;
/** Root cannot use Chromium's sandbox; the rest keeps it from calling home, which closed networks refuse. */
const args = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: ".",
  outputDir: "results/artifacts",
  globalSetup: "./portal/global-setup.ts",
  // One portal, one story: the files run in the order of a newcomer's first hour.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  // Bounds, and no measure: a busy machine may take its time.
  timeout: 240_000,
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    // Without its film, which costs as much as the test; the last picture is kept beside it.
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
    launchOptions: { args, ...(executablePath === undefined ? {} : { executablePath }) },
  },
  projects: [
    { name: "first-run", testMatch: "first-run.spec.ts" },
    ...[
      "tour",
      "register",
      "private-repository",
      "monorepo",
      "tokens",
      "deploy",
      "preview",
      "readiness",
      "canary",
      "pause",
      "mirror",
      "feed",
      "subscribe",
      "channels",
      "incidents",
      "insights",
      "real-clients",
      "operate",
      "script-target",
      "secrets",
      "conditions",
      "people",
      "run-locally",
      "audit",
      "pages",
      "tour-removal",
    ].map((name) => ({
      name,
      testMatch: `${name}.spec.ts`,
      dependencies: name === "operate" ? ["deploy"] : ["first-run"],
    })),
    { name: "lifecycle", testMatch: "lifecycle.spec.ts" },
  ],
});
