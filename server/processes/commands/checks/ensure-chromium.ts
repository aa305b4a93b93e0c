import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";
import { runTool } from "./run-check.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Finds a real Chromium: one on PATH, else Playwright's own (downloaded when missing), else, as root on Debian, the
 * `chromium` package. Returns the environment that tells the end-to-end suite about it.
 */
export async function ensureChromium(): Promise<Record<string, string>> {
  const onPath = findOnPath();
  if (onPath !== null) return { ANYTIME_CHROMIUM: onPath };
  if (existsSync(chromium.executablePath())) return {};
  console.log("No Chromium on this machine: installing Playwright's own.");
  if ((await runTool("playwright", ["install", "chromium"], {})) === 0) return {};
  return { ANYTIME_CHROMIUM: installDebianPackage() };
}

function findOnPath(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return (
    folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file)) ??
    null
  );
}

function installDebianPackage(): string {
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Installing Debian's chromium package.");
    execFileSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
      stdio: "inherit",
    });
  }
  const found = findOnPath();
  if (found === null) throw new Error("The end-to-end suite needs Chromium: install it and put it on PATH.");
  return found;
}
