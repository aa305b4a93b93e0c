import { createHash } from "node:crypto";
import { closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openUnfollowed } from "./open-unfollowed.ts";

/** What says which versions a build fetches, of the tools that write such a file. */
const names = [
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
  "requirements.txt",
  "Pipfile.lock",
  "poetry.lock",
  "uv.lock",
  "Gemfile.lock",
  "go.sum",
  "Cargo.lock",
  "composer.lock",
  "mix.lock",
  "gradle.lockfile",
];

/**
 * A key for what a build keeps: other lockfiles in these folders, other kept folders, or another kind of machine give
 * another one.
 */
export function lockfileKey(folders: readonly string[], cache: readonly string[]): string {
  const hash = createHash("sha256").update(
    JSON.stringify([process.platform, process.arch, [...cache].sort()]),
  );
  for (const folder of new Set(folders)) {
    for (const name of names) {
      const content = readPlain(join(folder, name), name);
      if (content !== null) hash.update(`${name} ${content.length}\n`).update(content);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** Null for what is no file: a link would be followed to anywhere. */
function readPlain(path: string, name: string): Buffer | null {
  try {
    const { descriptor, stat } = openUnfollowed(path, name, null);
    try {
      return stat.isFile() ? readFileSync(descriptor) : null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}
