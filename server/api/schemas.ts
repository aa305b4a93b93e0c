import { z } from "zod";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import { wellFormedText } from "#server/domain/text.ts";

/** Shapes of inputs that several procedures take. What the words in them mean, rooms check. */

export const text = wellFormedText.max(5_000);
export const slug = wellFormedText.max(100);

export const id = z.int().positive();

/** Fits the database's integers with room for the limit that is added to it. */
const mostCounted = 2_000_000_000;
export const count = z.int().min(0).max(mostCounted, `At most ${mostCounted}.`);

export function limit(most: number, usual: number) {
  return z.int().min(1).max(most).default(usual);
}

/** Whether a service can run in so many, and what the names and values may be, the domain says. */
export const instances = z.number();
export const variables = z.record(z.string(), z.string().nullable());
/** New values; null takes one out. */
export const secrets = z.record(z.string(), z.string().nullable());
export const configurationChange = z.object({
  instances: instances.nullish(),
  variables: variables.optional(),
  secrets: z.record(z.string(), z.union([z.string(), z.strictObject({ id }), z.null()])).optional(),
});

const mostSettingsLength = 65_536;
const deepestSettings = 20;

/** Only its outline: the room that stores settings checks every key, and names the one that is wrong. */
export const typedSettings = z.custom<SettingsFileInput>().check(({ value, issues }) => {
  const refuse = (path: PropertyKey[], message: string) => {
    issues.push({ code: "custom", input: value, path, message, continue: false });
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse([], "Settings are a list of keys.");
  }
  for (const { path, leaf } of leavesOf(value)) {
    if (path.length > deepestSettings) return refuse(path.slice(0, 1), "These settings are nested too deep.");
    if (typeof leaf !== "string") continue;
    const problem = wellFormedText.safeParse(leaf).error?.issues[0];
    if (problem !== undefined) return refuse(path, problem.message);
  }
  if (JSON.stringify(value).length > mostSettingsLength) refuse([], "Settings are 64 KiB at most.");
});

interface Leaf {
  path: PropertyKey[];
  leaf: unknown;
}

/** Without recursion, and no deeper than settings go: what was sent may be nested as deep as its size allows. */
function* leavesOf(settings: object): Generator<Leaf> {
  const open: Leaf[] = [{ path: [], leaf: settings }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, leaf } = next;
    if (typeof leaf !== "object" || leaf === null || path.length > deepestSettings) yield next;
    else for (const [key, value] of Object.entries(leaf)) open.push({ path: [...path, key], leaf: value });
  }
}
