import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { auditActions, auditActionWords } from "./audit.ts";
import { auditDifference } from "./audit-difference.ts";

test("everything that a room records has words, and nothing else has", () => {
  const services = new URL("../services/", import.meta.url).pathname;
  const recorded = globSync("*/*.ts", { cwd: services, exclude: ["**/*.test.ts"] }).flatMap((file) => {
    const room = file.split("/")[0];
    const source = readFileSync(services + file, "utf8");
    return source.match(new RegExp(`(?<=action: .*")${room}/[a-z-]+(?=")`, "g")) ?? [];
  });
  expect([...new Set(recorded)].sort()).toEqual([...auditActions].sort());
});

test("an action is said in words, known or not", () => {
  expect(auditActionWords("services/register")).toBe("Registered a service");
  expect(auditActionWords("identity/rename-team")).toBe("Rename team");
  expect(auditActionWords("constructor")).toBe("Constructor");
});

test("a change is shown value by value, equal ones left out", () => {
  const before = {
    name: "Shop",
    team: null,
    typedSettings: { release: { start: "a", instances: 1 }, also: ["x"] },
  };
  const after = {
    name: "Shop",
    team: "Web",
    typedSettings: { release: { start: "b", instances: 1 }, also: ["x", "y"] },
  };
  expect(auditDifference(before, after)).toEqual([
    { key: "typedSettings.release.start", before: "a", after: "b" },
    { key: "team", before: null, after: "Web" },
    { key: "typedSettings.also.1", before: null, after: "y" },
  ]);
});

test("what came or went is told from what is empty", () => {
  expect(auditDifference(null, { text: "", list: [], flag: false })).toEqual([
    { key: "text", before: null, after: '""' },
    { key: "list", before: null, after: "[]" },
    { key: "flag", before: null, after: "false" },
  ]);
  expect(auditDifference({ host: "a" }, undefined)).toEqual([{ key: "host", before: "a", after: null }]);
  expect(auditDifference(null, null)).toEqual([]);
});
