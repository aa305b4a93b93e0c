import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { makeShop, shopSettings } from "./portal/shop.ts";

const launcher = fileURLToPath(new URL("../server/processes/launch.mjs", import.meta.url));

test("`anytime run` in a checkout runs the steps of anytime.yaml, without a portal", () => {
  const folder = mkdtempSync(join(tmpdir(), "anytime-run-"));
  try {
    makeShop(join(folder, "shop"), { "anytime.yaml": shopSettings, version: "1" }).commit("Open the shop");
    // As `npm link` puts it on the PATH.
    symlinkSync(launcher, join(folder, "anytime"));
    const environment = {
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
    } as unknown as NodeJS.ProcessEnv;
    const options = { cwd: join(folder, "shop"), env: environment, encoding: "utf8" as const };
    const printed = execFileSync("anytime", ["run", "--once"], options);
    for (const step of ["build", "test", "package", "start", "verify"])
      expect(printed).toContain(`✓ ${step}`);
    const wrong = spawnSync("anytime", ["run", "biuld"], options);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain("There is no step biuld");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
