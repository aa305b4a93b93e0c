import type { ServiceSettings } from "./service-settings.ts";
import { isWellFormedText } from "./text.ts";

/** What a service environment sets beside the release: how many instances, and plain variables. Versions, never changed. */

export interface ConfigurationContent {
  /** Null where the release's own settings say how many. */
  instances: number | null;
  /** Plain values, over those of the release's own settings. */
  variables: Record<string, string>;
}

/** What to change in the newest version; what is left out stays. */
export interface ConfigurationChange {
  instances?: number | null | undefined;
  /** Null takes the variable out, so that the release's own value counts again. */
  variables?: Record<string, string | null> | undefined;
}

export interface ConfigurationProblem {
  message: string;
  /** Dotted: `variables.LOG_LEVEL`. */
  field: string;
}

export const noConfiguration: ConfigurationContent = { instances: null, variables: {} };

export const mostInstances = 50;
const mostVariables = 200;
const longestName = 128;
const mostValueBytes = 32 * 1024;
/** A process cannot be given more than the kernel takes, and that is shared with its command line. */
const mostBytes = 1024 * 1024;

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const setByPortal = /^(?:PORT|HOST|ANYTIME_.*|OTEL_.*|NODE_OPTIONS|LD_.*|DYLD_.*|__proto__)$/;

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
  change: ConfigurationChange,
): ConfigurationContent {
  const { instances, variables } = before ?? noConfiguration;
  const merged = Object.entries({ ...variables, ...change.variables });
  const kept = merged.filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    instances: change.instances === undefined ? instances : change.instances,
    variables: Object.fromEntries(kept.sort(byName)),
  };
}

/** The change that leads from one content to another. */
export function changeBetween(
  before: ConfigurationContent | null,
  after: ConfigurationContent,
): Required<ConfigurationChange> {
  const gone = Object.keys(before?.variables ?? {}).filter((name) => !Object.hasOwn(after.variables, name));
  const variables = { ...after.variables, ...Object.fromEntries(gone.map((name) => [name, null])) };
  return { instances: after.instances, variables };
}

/** One line of what changed, by name: never with a value, so that it may stand in the audit log. */
export interface ConfigurationDifference {
  /** `instances`, or a variable's name. */
  name: string;
  isVariable: boolean;
  change: "set" | "changed" | "removed";
}

export function compareConfigurations(
  before: ConfigurationContent | null,
  after: ConfigurationContent | null,
): ConfigurationDifference[] {
  const old = before ?? noConfiguration;
  const next = after ?? noConfiguration;
  const names = [...new Set([...Object.keys(old.variables), ...Object.keys(next.variables)])].sort();
  return [
    ...differenceOf("instances", false, old.instances, next.instances),
    ...names.flatMap((name) =>
      differenceOf(name, true, setValue(old.variables, name), setValue(next.variables, name)),
    ),
  ];
}

function differenceOf(
  name: string,
  isVariable: boolean,
  before: string | number | null,
  after: string | number | null,
): ConfigurationDifference[] {
  if (before === after) return [];
  return [{ name, isVariable, change: before === null ? "set" : after === null ? "removed" : "changed" }];
}

export function setValue(variables: Record<string, string>, name: string): string | null {
  return Object.hasOwn(variables, name) ? (variables[name] ?? null) : null;
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
  return wholeProblem(changeConfiguration(before, change));
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
  return setByPortal.test(name) ? `${name} is set by the portal: choose another name.` : null;
}

export function valueProblem(value: string): string | null {
  if (!isWellFormedText(value))
    return "There is a character in it that is not text (a NUL, or half of a pair).";
  return byteLength(value) > mostValueBytes ? "A value has at most 32 KiB." : null;
}

function wholeProblem({ variables }: ConfigurationContent): ConfigurationProblem | null {
  const entries = Object.entries(variables);
  if (entries.length > mostVariables) {
    return {
      message: `At most ${mostVariables} variables; these are ${entries.length}.`,
      field: "variables",
    };
  }
  const bytes = entries.reduce((sum, [name, value]) => sum + byteLength(name) + byteLength(value), 0);
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

function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1;
}
