import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { storedSecrets } from "./stored-secrets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "anytime-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("secrets are made once, for the owner's eyes only", () => {
  const file = join(folder, "secrets.json");
  const made = storedSecrets(file);
  expect(storedSecrets(file)).toEqual(made);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(new Set(Object.values(made)).size).toBe(5);
});

test("a file from before the processes had a role of their own gets the password that it lacks, and keeps the rest", () => {
  const file = join(folder, "secrets.json");
  const { applicationPassword: _, ...older } = storedSecrets(file);
  writeFileSync(file, JSON.stringify(older), { mode: 0o600 });
  const now = storedSecrets(file);
  expect(now).toMatchObject(older);
  expect(now.applicationPassword.length).toBeGreaterThan(20);
  expect(storedSecrets(file)).toEqual(now);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a damaged file is said to be so, and left as it is", () => {
  const file = join(folder, "secrets.json");
  writeFileSync(file, "{");
  expect(() => storedSecrets(file)).toThrow("is damaged");
  expect(readFileSync(file, "utf8")).toBe("{");
});
