import { type SettingsFileInput, settingsFileSchema } from "#server/domain/service-settings.ts";
import type { Target } from "#server/domain/targets.ts";

/** The settings form as text, one field a key. */
export interface TypedSettingsValues {
  /** What is checked out besides the repository's own files. */
  checkout: CheckoutExtra[];
  build: string;
  test: string;
  target: Target;
  start: string;
  instances: string;
  healthPath: string;
  deploy: string;
  switchBack: string;
  healthCommand: string;
  healthTimeout: string;
  /** One path a line. */
  include: string;
  /** One path a line. */
  cache: string;
  /** One `NAME=value` a line. */
  env: string;
}

export type CheckoutExtra = keyof NonNullable<SettingsFileInput["checkout"]>;
export type TypedSettingsField = keyof TypedSettingsValues;
export type TypedSettingsErrors = Partial<Record<TypedSettingsField, string>>;

export const emptySettings: TypedSettingsValues = {
  checkout: [],
  build: "",
  test: "",
  target: "process",
  start: "",
  instances: "1",
  healthPath: "/",
  deploy: "",
  switchBack: "",
  healthCommand: "",
  healthTimeout: "60s",
  include: "",
  cache: "",
  env: "",
};

/** Which field holds which key of the file; the longest that fits is meant. */
const fieldOfKey: Record<string, TypedSettingsField> = {
  checkout: "checkout",
  build: "build",
  test: "test",
  release: "start",
  "release.start": "start",
  "release.target": "target",
  "release.instances": "instances",
  "release.deploy": "deploy",
  "release.switchBack": "switchBack",
  "release.health.run": "healthCommand",
  "release.health": "healthPath",
  "release.health.path": "healthPath",
  "release.health.timeout": "healthTimeout",
  package: "include",
  cache: "cache",
  env: "env",
};

/** The field that a dotted key stands in (`release.health.path`, `env.LOG_LEVEL`); null where the form has none. */
export function settingsField(key: string): TypedSettingsField | null {
  const parts = key.split(".");
  for (let length = parts.length; length > 0; length -= 1) {
    const field = fieldOfKey[parts.slice(0, length).join(".")];
    if (field !== undefined) return field;
  }
  return null;
}

/** What is sent: keys that were left empty are left out, so that the defaults hold. */
export function toTypedSettings(values: TypedSettingsValues): SettingsFileInput {
  const include = linesOf(values.include);
  const cache = linesOf(values.cache);
  const env = Object.fromEntries(linesOf(values.env).map(splitVariable));
  const checkout = Object.fromEntries(values.checkout.map((extra) => [extra, true]));
  return {
    ...(values.checkout.length === 0 ? {} : { checkout }),
    ...given("build", values.build),
    ...given("test", values.test),
    ...(include.length === 0 ? {} : { package: { include } }),
    ...(cache.length === 0 ? {} : { cache }),
    release: values.target === "script" ? commandRelease(values) : processRelease(values),
    ...(Object.keys(env).length === 0 ? {} : { env }),
  };
}

function processRelease(values: TypedSettingsValues): SettingsFileInput["release"] {
  return {
    start: values.start.trim(),
    instances: Number(values.instances),
    health: { ...given("path", values.healthPath), ...given("timeout", values.healthTimeout) },
  };
}

function commandRelease(values: TypedSettingsValues): SettingsFileInput["release"] {
  const health = { ...given("run", values.healthCommand), ...given("timeout", values.healthTimeout) };
  return {
    target: "script",
    deploy: values.deploy.trim(),
    ...given("switchBack", values.switchBack),
    ...(health.run === undefined ? {} : { health }),
  };
}

/** The first complaint of each field, by the same rules as the file's. */
export function settingsErrors(values: TypedSettingsValues): TypedSettingsErrors {
  const errors: TypedSettingsErrors = {};
  if (values.target === "script" && values.deploy.trim() === "")
    errors.deploy = "A deploy command is needed, such as ./release.sh.";
  if (values.target === "process" && values.start.trim() === "")
    errors.start = "A start command is needed, such as node server.js.";
  const wrong = linesOf(values.env).find((line) => !line.includes("="));
  if (wrong !== undefined) errors.env = `Write NAME=value: “${wrong}” has no equals sign.`;
  const result = settingsFileSchema.safeParse(toTypedSettings(values));
  for (const issue of result.error?.issues ?? []) {
    const field = settingsField(issue.path.map(String).join("."));
    if (field !== null) errors[field] ??= messageOf(field, issue.message);
  }
  return errors;
}

/** What is stored, as the form shows it; null where it holds more than the form can show. */
export function fromTypedSettings(stored: SettingsFileInput): TypedSettingsValues | null {
  const { build, test, release, env } = stored;
  const { deploy, switchBack } = release ?? {};
  if (Array.isArray(build) || Array.isArray(test)) return null;
  if (Array.isArray(deploy) || Array.isArray(switchBack)) return null;
  const values: TypedSettingsValues = {
    checkout: (["submodules", "lfs"] as const).filter((extra) => stored.checkout?.[extra] === true),
    build: build ?? "",
    test: test ?? "",
    target: release?.target === "script" ? "script" : "process",
    start: release?.start ?? "",
    instances: String(release?.instances ?? emptySettings.instances),
    healthPath: release?.health?.path ?? emptySettings.healthPath,
    deploy: deploy ?? "",
    switchBack: switchBack ?? "",
    healthCommand: release?.health?.run ?? "",
    healthTimeout: release?.health?.timeout ?? emptySettings.healthTimeout,
    include: (stored.package?.include ?? []).join("\n"),
    cache: (stored.cache ?? []).join("\n"),
    env: Object.entries(env ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join("\n"),
  };
  const { checkout: _, ...others } = stored;
  return isSame(toTypedSettings(values), others) ? values : null;
}

function isSame(shown: SettingsFileInput, stored: SettingsFileInput): boolean {
  const keysOf = (file: SettingsFileInput) => [...Object.keys(file), ...Object.keys(file.release ?? {})];
  const known = new Set(keysOf(shown));
  return keysOf(stored).every((key) => known.has(key));
}

function messageOf(field: TypedSettingsField, message: string): string {
  return field === "instances" ? "Write a whole number from 1 to 50." : message;
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function splitVariable(line: string): [string, string] {
  const at = line.indexOf("=");
  return at === -1 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1)];
}

function given<Key extends string>(key: Key, text: string): { [name in Key]?: string } {
  const trimmed = text.trim();
  return trimmed === "" ? {} : ({ [key]: trimmed } as { [name in Key]: string });
}
