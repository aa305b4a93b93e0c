import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of its own for a test file; `remove` when its tests are over. */
export function makeScratch(): { folder: string; at(...path: string[]): string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "anytime-test-"));
  return {
    folder,
    at: (...path) => join(folder, ...path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

export function git(folder: string, ...parameters: string[]): string {
  const names = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"];
  return execFileSync("git", ["-C", folder, ...names, ...parameters], {
    encoding: "utf8",
    stdio: "pipe",
  }).trim();
}

/** Writes the files into a repository, made where missing, and commits them; gives the SHA. */
export function commitFiles(folder: string, subject: string, files: Record<string, string>): string {
  mkdirSync(folder, { recursive: true });
  writeFiles(folder, files);
  git(folder, "init", "-q", "-b", "main");
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "--allow-empty", "-m", subject);
  return git(folder, "rev-parse", "HEAD");
}
