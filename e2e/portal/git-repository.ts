import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes the files into a Git repository (made when missing) and commits them; returns the commit's SHA. */
export function commit(folder: string, subject: string, files: Record<string, string>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  git(folder, "init", "-q", "-b", "main");
  git(folder, "add", "-A");
  git(
    folder,
    "-c",
    "user.name=Ada Example",
    "-c",
    "user.email=ada@example.org",
    "commit",
    "-q",
    "-m",
    subject,
  );
  return git(folder, "rev-parse", "HEAD").trim();
}

function git(folder: string, ...parameters: string[]): string {
  return execFileSync("git", ["-C", folder, ...parameters], { encoding: "utf8" });
}
