import type { ServiceSettings } from "./service-settings.ts";
import { isWellFormedText } from "./text.ts";

/** What a service environment sets beside the release: instances, plain variables, secrets. Versions, never changed. */

export interface ConfigurationContent {
  /** Null where the release's own settings say how many. */
  instances: number | null;
  /** Plain values, over those of the release's own settings. */
  variables: Record<string, string>;
  /** By name, the id of a value that nobody reads again. A name is either plain or secret. */
  secrets: Record<string, number>;
}

/** What to change in the newest version; what is left out stays. */
export interface ConfigurationChange {
  instances?: number | null | undefined;
  /** Null takes the variable out, so that the release's own value counts again. */
  variables?: Record<string, string | null> | undefined;
  /** A value to keep secret, or the id of one that was set here before under that name; null takes the secret out. */
  secrets?: Record<string, string | { id: number } | null> | undefined;
}

/** The same once new secret values are stored. */
export type StoredChange = Omit<ConfigurationChange, "secrets"> & {
  secrets?: Record<string, number | null> | undefined;
};

export interface ConfigurationProblem {
  message: string;
  /** Dotted: `variables.LOG_LEVEL`. */
  field: string;
}

export const noConfiguration: ConfigurationContent = { instances: null, variables: {}, secrets: {} };

/** Stands for a secret value that is not stored yet. */
export const unstoredSecret = 0;

export const mostInstances = 50;
const mostVariables = 200;
const longestName = 128;
const mostValueBytes = 32 * 1024;
/** A process cannot be given more than the kernel takes, and that is shared with its command line. */
const mostBytes = 1024 * 1024;

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const reservedNames = ["PORT", "HOST", "NODE_OPTIONS"];
const reservedBeginnings = ["ANYTIME_", "LD_", "DYLD_"];

/** For whoever is about to choose a name. */
export const reservedNamesText = `${[...reservedNames, ...reservedBeginnings.map((beginning) => `${beginning}…`)].join(", ")} are set by the portal.`;

/** What of a release's own settings can be configured over. */
export interface ConfigurableSettings extends Pick<ServiceSettings, "env"> {
  /** Left out where the portal starts no instances. */
  instances?: number | undefined;
}

/** The settings that a release runs by here: its own, and over them what is configured. */
export function layConfiguration<Settings extends ConfigurableSettings>(
  settings: Settings,
  configuration: ConfigurationContent | null,
): Settings {
  if (configuration === null) return settings;
  return {
    ...settings,
    ...(settings.instances === undefined ? {} : { instances: configuration.instances ?? settings.instances }),
    env: { ...settings.env, ...configuration.variables },
  };
}

/** The content after the change, with its names in order. */
export function changeConfiguration(
  before: ConfigurationContent | null,
  change: StoredChange,
): ConfigurationContent {
  const { instances, variables, secrets } = before ?? noConfiguration;
  return {
    instances: change.instances === undefined ? instances : change.instances,
    variables: merge(variables, change.variables),
    secrets: merge(secrets, change.secrets),
  };
}

function merge<Value>(
  before: Record<string, Value>,
  change: Record<string, Value | null> | undefined,
): Record<string, Value> {
  const merged = Object.entries({ ...before, ...change });
  const kept = merged.filter((entry): entry is [string, Value & {}] => entry[1] !== null);
  return Object.fromEntries(kept.sort(byName));
}

/** The change with an id in the place of each value. */
export function withStored(
  { secrets = {}, ...change }: ConfigurationChange,
  stored: Readonly<Record<string, number>> = {},
): StoredChange {
  const ids = Object.entries(secrets).map(([name, wish]) => [
    name,
    typeof wish === "string" ? (stored[name] ?? unstoredSecret) : (wish?.id ?? null),
  ]);
  return { ...change, secrets: Object.fromEntries(ids) };
}

/** The change that leads from one content to another; `typed` has the values of secrets that are not stored yet. */
export function changeBetween(
  before: ConfigurationContent | null,
  after: ConfigurationContent,
  typed: Readonly<Record<string, string>> = {},
): Required<ConfigurationChange> {
  const old = before ?? noConfiguration;
  const secrets = Object.entries(after.secrets).flatMap(([name, id]) => {
    if (setValue(old.secrets, name) === id) return [];
    return [[name, id === unstoredSecret ? (typed[name] ?? "") : { id }] as const];
  });
  return {
    instances: after.instances,
    variables: { ...after.variables, ...gone(old.variables, after.variables) },
    secrets: { ...Object.fromEntries(secrets), ...gone(old.secrets, after.secrets) },
  };
}

function gone(before: object, after: object): Record<string, null> {
  const names = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** One line of what changed, by name: never with a value, so that it may stand in the audit log. */
export interface ConfigurationDifference {
  /** `instances`, or a variable's or secret's name. */
  name: string;
  of: "instances" | "variables" | "secrets";
  change: "set" | "changed" | "removed";
}

export function compareConfigurations(
  before: ConfigurationContent | null,
  after: ConfigurationContent | null,
): ConfigurationDifference[] {
  const old = before ?? noConfiguration;
  const next = after ?? noConfiguration;
  return [
    ...differenceOf("instances", "instances", old.instances, next.instances),
    ...(["variables", "secrets"] as const).flatMap((of) =>
      [...new Set([...Object.keys(old[of]), ...Object.keys(next[of])])]
        .sort()
        .flatMap((name) =>
          differenceOf(
            name,
            of,
            setValue<string | number>(old[of], name),
            setValue<string | number>(next[of], name),
          ),
        ),
    ),
  ];
}

function differenceOf(
  name: string,
  of: ConfigurationDifference["of"],
  before: string | number | null,
  after: string | number | null,
): ConfigurationDifference[] {
  if (before === after) return [];
  return [{ name, of, change: before === null ? "set" : after === null ? "removed" : "changed" }];
}

export function setValue<Value extends string | number>(
  values: Readonly<Record<string, Value>>,
  name: string,
): Value | null {
  return Object.hasOwn(values, name) ? (values[name] ?? null) : null;
}

/** The same names with what they are set to left out, for those who may not read it. */
export function withoutValues<Content extends ConfigurationContent>(configuration: Content): Content {
  const names = Object.keys(configuration.variables);
  return { ...configuration, variables: Object.fromEntries(names.map((name) => [name, "(not shown)"])) };
}

/** The first thing that is wrong with a change, taken with what was there before; null where nothing is. */
export function configurationProblem(
  before: ConfigurationContent | null,
  change: ConfigurationChange,
): ConfigurationProblem | null {
  const { instances, variables } = change;
  const problem = instances === undefined || instances === null ? null : instancesProblem(instances);
  if (problem !== null) return { message: problem, field: "instances" };
  for (const [name, value] of Object.entries(variables ?? {})) {
    const message = value === null ? null : (nameProblem(name) ?? valueProblem(value));
    if (message !== null) return { message, field: `variables.${name}` };
  }
  for (const [name, wish] of Object.entries(change.secrets ?? {})) {
    const message = wish === null ? null : (nameProblem(name) ?? secretProblem(wish));
    if (message !== null) return { message, field: `secrets.${name}` };
  }
  const after = changeConfiguration(before, withStored(change));
  return kindProblem(after, change) ?? wholeProblem(after, change);
}

export function secretProblem(wish: string | { id: number }): string | null {
  if (typeof wish !== "string") return null;
  return wish === "" ? "A secret needs a value: to take it out, remove it." : valueProblem(wish);
}

/** Neither becomes the other in passing: whoever means it says both in one change. */
function kindProblem(
  { variables, secrets }: ConfigurationContent,
  change: ConfigurationChange,
): ConfigurationProblem | null {
  const name = Object.keys(secrets).find((candidate) => Object.hasOwn(variables, candidate));
  if (name === undefined) return null;
  const becomesSecret = Object.hasOwn(change.secrets ?? {}, name);
  return becomesSecret
    ? {
        message: `${name} is a plain variable here: remove that in the same change to make it a secret.`,
        field: `secrets.${name}`,
      }
    : {
        message: `${name} is a secret here: remove that in the same change to make it a plain variable.`,
        field: `variables.${name}`,
      };
}

export function instancesProblem(instances: number): string | null {
  const isFit = Number.isInteger(instances) && instances >= 1 && instances <= mostInstances;
  return isFit ? null : `A service runs in 1 to ${mostInstances} instances.`;
}

export function nameProblem(name: string): string | null {
  if (name === "") return "A variable needs a name.";
  if (!namePattern.test(name)) {
    return "A variable's name has letters, digits and underscores, and does not begin with a digit.";
  }
  if (name.length > longestName) return `A variable's name has at most ${longestName} characters.`;
  return isReserved(name) ? `${name} is set by the portal: choose another name.` : null;
}

function isReserved(name: string): boolean {
  // The last would not become a key of an object.
  return (
    reservedNames.includes(name) ||
    reservedBeginnings.some((beginning) => name.startsWith(beginning)) ||
    name === "__proto__"
  );
}

export function valueProblem(value: string): string | null {
  if (!isWellFormedText(value))
    return "There is a character in it that is not text (a NUL, or half of a pair).";
  return byteLength(value) > mostValueBytes ? "A value has at most 32 KiB." : null;
}

function wholeProblem(
  { variables, secrets }: ConfigurationContent,
  change: ConfigurationChange,
): ConfigurationProblem | null {
  const entries = Object.entries(variables);
  const count = entries.length + Object.keys(secrets).length;
  if (count > mostVariables) {
    const message = `At most ${mostVariables} variables and secrets; these are ${count}.`;
    return { message, field: "variables" };
  }
  // Of values that are stored already, nobody knows the length any more.
  const typed = Object.entries(change.secrets ?? {}).filter(([, wish]) => typeof wish === "string");
  const all = [...entries, ...(typed as [string, string][])];
  const bytes = all.reduce((sum, [name, value]) => sum + byteLength(name) + byteLength(value), 0);
  return bytes > mostBytes
    ? {
        message: "All variables together have at most 1 MiB: a process cannot be given more.",
        field: "variables",
      }
    : null;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
