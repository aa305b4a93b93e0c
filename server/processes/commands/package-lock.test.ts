import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "#server/kernel/env.ts";

interface LockedPackage {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const text = readFileSync(join(repositoryRoot, "package-lock.json"), "utf8");
const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };

/** A lock that npm writes over an installed tree names this machine's packages only, and `npm ci` then refuses it. */
test("the lock names the packages of every platform", () => {
  const missing = Object.entries(packages).flatMap(([path, locked]) =>
    Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })
      .filter((name) => !isLocked(path, name))
      .map((name) => `${name}, needed by ${path || "the project"}`),
  );
  expect(missing).toEqual([]);
});

/** As Node.js looks for it: in the package's own folder, then in each folder above. */
function isLocked(path: string, name: string): boolean {
  const parts =
    path === "" ? [] : path.split("/node_modules/").map((part) => part.replace(/^node_modules\//, ""));
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const above = parts.slice(0, depth).map((part) => `node_modules/${part}`);
    if ([...above, `node_modules/${name}`].join("/") in packages) return true;
  }
  return false;
}

test("the lock names no registry", () => {
  expect(text).not.toContain('"resolved"');
});
