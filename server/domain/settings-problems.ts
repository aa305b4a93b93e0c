import type { z } from "zod";
import { unknownKeyMessage } from "./settings-keys.ts";

/** One thing that is wrong in settings. `field` is dotted: `release.health.path`, `build.0.run`. */
export interface SettingsProblem {
  path: readonly (string | number)[];
  field: string;
  message: string;
}

/** More than these help nobody, and a hostile file may have thousands. */
const mostProblems = 20;

/** What zod found wrong in `input`, in words that say what to write instead; at most 20 problems. */
export function settingsProblems(error: z.ZodError, input: unknown): SettingsProblem[] {
  const issues = error.issues.slice(0, mostProblems);
  return issues.flatMap((issue) => explain(issue, [], input)).slice(0, mostProblems);
}

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

function explain(issue: Issue, base: Path, input: unknown): SettingsProblem[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))];
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .slice(0, mostProblems)
      .map((key) => problem([...path, key], unknownKeyMessage(path, key)));
  }
  if (issue.code === "invalid_union") {
    // The branch whose kind of value was written; where it is none of them, the union says what it takes.
    const meant = issue.errors.find((branch) => !branch.some(isOtherKind));
    return meant?.flatMap((it) => explain(it, path, input)) ?? [problem(path, issue.message)];
  }
  if (issue.code === "invalid_key") return [problem(path, issue.issues[0]?.message ?? issue.message)];
  return [problem(path, messageOf(issue, path, input))];
}

function isOtherKind(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

function problem(path: Path, message: string): SettingsProblem {
  return { path, field: path.join("."), message };
}

const kinds: Record<string, string> = {
  string: "a text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "keys with values beneath it",
  record: "keys with values beneath it",
};

function messageOf(issue: Issue, path: Path, input: unknown): string {
  const name = path.at(-1);
  if (issue.code === "invalid_type") {
    const value = valueAt(input, path);
    if (value === undefined) return `\`${name}\` is missing.`;
    const wanted = kinds[issue.expected] ?? issue.expected;
    if (path.length === 0) return `anytime.yaml needs ${kinds.object}.`;
    return value === null ? `\`${name}\` is empty: write ${wanted}.` : `\`${name}\` takes ${wanted}.`;
  }
  if (issue.code === "too_small" && issue.origin !== "string") return `At least ${issue.minimum}.`;
  if (issue.code === "too_big" && issue.origin !== "string") return `At most ${issue.maximum}.`;
  if (issue.code === "too_big") return `At most ${issue.maximum} characters.`;
  if (issue.code === "custom" && issue.params?.isUnusable === true) {
    const key = path.findLast((part) => typeof part === "string");
    return `\`${key}\` has a NUL or half a character in it.`;
  }
  if (issue.code === "invalid_value") return `Write one of: ${issue.values.join(", ")}.`;
  return issue.message;
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}
