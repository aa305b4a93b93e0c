import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The rule "who may import whom" lives in biome.json: these are its promises, checked with the real linter. */
const root = new URL("../..", import.meta.url).pathname;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "import-rule-"));
  cpSync(join(root, "biome.json"), join(folder, "biome.json"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function isRefused(file: string, imported: string): boolean {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import * as it from "${imported}";\n\nconsole.log(it);\n`);
  const report = runLinter(file);
  rmSync(path);
  return report.includes("noRestrictedImports");
}

function runLinter(file: string): string {
  const arguments_ = ["lint", "--vcs-enabled=false", "--reporter=json", file];
  try {
    return execFileSync(join(root, "node_modules/.bin/biome"), arguments_, {
      cwd: folder,
      stdio: "pipe",
    }).toString();
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout);
  }
}

test.each([
  ["server/domain/a.ts", "node:fs"],
  ["server/domain/a.ts", "#db/client.ts"],
  ["db/a.ts", "#server/kernel/context.ts"],
  ["server/kernel/a.ts", "#server/services/traffic/switch-pool.ts"],
  ["server/services/traffic/a.ts", "#server/services/targets/start-pool.ts"],
  ["server/services/traffic/a.ts", "../targets/start-pool.ts"],
  ["server/flows/a.ts", "drizzle-orm"],
  ["server/flows/a.ts", "#db/schema/services.ts"],
  ["server/api/a.ts", "#db/schema/services.ts"],
  ["server/processes/a.ts", "drizzle-orm"],
  ["components/a.ts", "#server/services/services/list.ts"],
  ["app/a.ts", "#server/kernel/context.ts"],
])("%s may not import %s", (file, imported) => {
  expect(isRefused(file, imported)).toBe(true);
});

test.each([
  ["server/domain/a.ts", "zod"],
  ["server/domain/a.ts", "./slug.ts"],
  ["db/a.ts", "#server/domain/slug.ts"],
  ["server/services/traffic/a.ts", "#server/kernel/context.ts"],
  ["server/flows/a.ts", "#server/services/traffic/switch-pool.ts"],
  ["server/processes/a.ts", "#db/client.ts"],
  ["components/a.ts", "#server/domain/slug.ts"],
  ["app/a.ts", "#server/api/root.ts"],
])("%s may import %s", (file, imported) => {
  expect(isRefused(file, imported)).toBe(false);
});
