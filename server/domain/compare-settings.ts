import type { ConfigurableSettings } from "./configuration.ts";
import { limitTexts } from "./limits.ts";
import type { Command, ServiceSettings } from "./service-settings.ts";

export interface SettingChange {
  /** Dotted: `health.path`, `env.LOG_LEVEL`. */
  key: string;
  before: string | null;
  after: string | null;
  /** Of a secret, which is compared without its values: both are null. */
  secret?: "set" | "changed" | "removed";
}

/** What a deployment changes in the settings that are in force; in the order of keys. */
export function compareSettings(before: ServiceSettings, after: ServiceSettings): SettingChange[] {
  return compare(flatten(before), flatten(after));
}

/** The same of what can be configured alone. */
export function compareConfigurable(
  before: ConfigurableSettings,
  after: ConfigurableSettings,
): SettingChange[] {
  const flat = ({ instances, env }: ConfigurableSettings) => {
    const values = new Map<string, string>();
    add(values, "", { instances, env });
    return values;
  };
  return compare(flat(before), flat(after));
}

/** By ids of values, in the order of names. */
export function compareSecrets(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): SettingChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => ({
      ...{ key: name, before: null, after: null },
      secret: before[name] === undefined ? "set" : after[name] === undefined ? "removed" : "changed",
    }));
}

function compare(old: Map<string, string>, next: Map<string, string>): SettingChange[] {
  const keys = [...new Set([...old.keys(), ...next.keys()])].sort();
  return keys
    .map((key) => ({ key, before: old.get(key) ?? null, after: next.get(key) ?? null }))
    .filter((change) => change.before !== change.after);
}

function flatten(settings: ServiceSettings): Map<string, string> {
  const flat = new Map<string, string>();
  const { build, test, cache, include, also, limits, notYetActedOn: _notYetActedOn, ...rest } = settings;
  flat.set("build", lines(build));
  flat.set("test", lines(test));
  if (cache.length > 0) flat.set("cache", cache.join(", "));
  flat.set("package.include", include.join(", "));
  if (also.length > 0) flat.set("also", also.join(", "));
  addLimits(flat, limits);
  if (rest.target === "process") {
    add(flat, "", rest);
    return flat;
  }
  const { deploy, switchBack, ...others } = rest;
  flat.set("deploy", lines(deploy));
  if (switchBack !== null) flat.set("switchBack", lines(switchBack));
  add(flat, "", others);
  return flat;
}

/** As they are written: what instances take stands by itself only where it is not the same as for commands. */
function addLimits(flat: Map<string, string>, { steps, instances }: ServiceSettings["limits"]): void {
  const common = limitTexts(steps);
  for (const [name, text] of common) flat.set(`limits.${name}`, text);
  for (const [name, text] of limitTexts(instances)) {
    if (text !== common.get(name)) flat.set(`release.limits.${name}`, text);
  }
}

function lines(commands: readonly Command[]): string {
  return commands.map((command) => command.run).join("; ");
}

function add(flat: Map<string, string>, prefix: string, value: object): void {
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === "object" && inner !== null) add(flat, `${prefix}${key}.`, inner);
    else if (inner !== null) flat.set(`${prefix}${key}`, String(inner));
  }
}
