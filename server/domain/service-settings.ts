import { z } from "zod";
import { parseDurationMs } from "./durations.ts";
import type { WantedLimits } from "./limits.ts";
import { limitsSetting, wantedLimits } from "./limits-setting.ts";
import { longestPauseSeconds } from "./pause.ts";
import {
  type CanarySettings,
  type HoldbackSettings,
  leastShare,
  longestCanaryMs,
  mostShare,
  stickySchema,
} from "./shares.ts";
import { slugSchema } from "./slug.ts";
import { laterTargets, type Target, targets, unfitKeyMessage } from "./targets.ts";
import { isWellFormedText } from "./text.ts";

/** `anytime.yaml`: what is read from a repository, or typed into the portal. Unknown keys are refused. */

const minute = 60_000;

const duration = (longestMs: number) =>
  z.string().transform((text, issues) => {
    const ms = parseDurationMs(text);
    if (ms !== null && ms <= longestMs) return ms;
    issues.addIssue({
      code: "custom",
      message:
        ms === null ? "Write a duration such as 30s, 5m or 1h." : `The longest is ${longestMs / 1_000}s.`,
    });
    return z.NEVER;
  });

/** Neither a command nor the database can hold any other text. */
const text = z.string().refine(isWellFormedText, {
  params: { isUnusable: true },
  error: "It has a NUL or half a character in it.",
});

const commandLine = text.trim().min(1, "The command is empty.").max(10_000);

const folder = text
  .max(400)
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\\]+$/, "Write a path inside the repository, without `..`.");

const commandStep = z.strictObject({
  name: text.min(1).max(60),
  run: commandLine,
  timeout: duration(24 * 60 * minute).optional(),
  artifacts: z.array(folder).max(50).optional(),
});

/** One command, or a list of named ones; always read as a list of named ones. */
const commands = (name: string) =>
  z.union([commandLine.transform((run) => [{ name, run }]), z.array(commandStep).min(1).max(30)], {
    error: "Write a command, or a list of steps, each with `name` and `run`.",
  });

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "A variable's name has letters, digits and underscores.");
const reservedVariable = /^(?:PORT|ANYTIME_.*|NODE_OPTIONS|LD_.*|DYLD_.*)$/;
const variables = z.record(
  variableName.refine((name) => !reservedVariable.test(name), "This variable is set by the portal."),
  z.union([text.max(10_000), z.number().transform(String), z.boolean().transform(String)], {
    error: "Write a text, a number, true or false.",
  }),
);

const target = z.enum([...targets, ...laterTargets]).transform((value, issues) => {
  const known = targets.find((name) => name === value);
  if (known !== undefined) return known;
  const message = `The target ${value} is not available yet: use ${targets.join(" or ")}.`;
  issues.addIssue({ code: "custom", message });
  return z.NEVER;
});

const share = z.string().transform((text, issues) => {
  const percent = /^(\d{1,2}(?:\.\d)?) ?%$/.exec(text)?.[1];
  const value = percent === undefined ? Number.NaN : Number(percent) / 100;
  if (value >= leastShare && value <= mostShare) return value;
  issues.addIssue({ code: "custom", message: "Write a share from 1% to 99%, such as 10%." });
  return z.NEVER;
});

const sticky = z.union(
  [
    z
      .strictObject({ cookie: stickySchema.shape.name })
      .transform(({ cookie: name }) => ({ by: "cookie" as const, name })),
    z
      .strictObject({ header: stickySchema.shape.name })
      .transform(({ header: name }) => ({ by: "header" as const, name })),
  ],
  { error: "Write {cookie: name} or {header: name}." },
);

const release = z.strictObject({
  target: target.optional(),
  start: commandLine.optional(),
  deploy: commands("deploy").optional(),
  switchBack: commands("switchBack").optional(),
  repeatable: z.boolean().optional(),
  instances: z.int().min(1).max(50).optional(),
  health: z
    .strictObject({
      path: z
        .string()
        .regex(/^\/[\x21-\x7e]{0,500}$/, "A health path begins with a slash.")
        .optional(),
      run: commandLine.optional(),
      timeout: duration(30 * minute).optional(),
    })
    .optional(),
  smoke: commandLine.optional(),
  drain: duration(60 * minute).optional(),
  limits: limitsSetting.optional(),
  keepWarm: duration(30 * 24 * 60 * minute).optional(),
  canary: z
    .strictObject({ share, for: duration(longestCanaryMs).optional(), sticky: sticky.optional() })
    .optional(),
  holdback: z.strictObject({ share, for: duration(longestCanaryMs).optional() }).optional(),
});

const deployable = {
  build: commands("build").optional(),
  test: commands("test").optional(),
  /** Kept from one build to the next, so that it needs not fetch or compile everything anew. */
  cache: z.array(folder).min(1).max(20).optional(),
  package: z.strictObject({ include: z.array(folder).min(1).max(200) }).optional(),
  migrate: z
    .strictObject({
      run: commandLine,
      repeatable: z.boolean().optional(),
      reversible: z.boolean().optional(),
      database: variableName.optional(),
      pause: duration(longestPauseSeconds * 1_000).optional(),
    })
    .optional(),
  release: release.optional(),
  seed: z.strictObject({ run: commandLine }).optional(),
  env: variables.optional(),
  limits: limitsSetting.optional(),
};

/** The file as written, before defaults and the environment's own keys are laid over it. */
export const settingsFileSchema = z
  .strictObject({
    service: slugSchema.optional(),
    path: folder.optional(),
    also: z.array(folder).max(50).optional(),
    checkout: z.strictObject({ submodules: z.boolean().optional(), lfs: z.boolean().optional() }).optional(),
    ...deployable,
    environments: z.record(slugSchema, z.strictObject(deployable)).optional(),
  })
  .superRefine((file, issues) => {
    refuseUnfitKeys(file.release, file.release?.target, ["release"], issues);
    for (const [slug, own] of Object.entries(file.environments ?? {})) {
      const target = own.release?.target ?? file.release?.target;
      refuseUnfitKeys(own.release, target, ["environments", slug, "release"], issues);
    }
  });

/** A key that the target knows nothing of would be obeyed by nobody. */
function refuseUnfitKeys(
  written: z.output<typeof release> | undefined,
  target: Target = "process",
  path: string[],
  issues: z.RefinementCtx,
): void {
  const refuse = (key: string, inner: string[]) => {
    const message = unfitKeyMessage(target, key);
    if (message !== null) issues.addIssue({ code: "custom", message, path: [...path, ...inner] });
  };
  for (const key of Object.keys(written ?? {})) refuse(key, [key]);
  for (const key of Object.keys(written?.health ?? {})) refuse(`health.${key}`, ["health", key]);
}

export type SettingsFile = z.output<typeof settingsFileSchema>;
/** As typed in a form or written in YAML, before parsing. */
export type SettingsFileInput = z.input<typeof settingsFileSchema>;

/** A file in a folder of a monorepo is for that folder, unless it names another. */
export function settingsAt(settingsPath: string, written: SettingsFileInput): SettingsFileInput {
  const folderEnd = settingsPath.lastIndexOf("/");
  if (folderEnd === -1 || written.path !== undefined) return written;
  return { path: settingsPath.slice(0, folderEnd), ...written };
}

export interface Command {
  name: string;
  run: string;
  timeout?: number | undefined;
}

/** Everything a deployment needs to know, complete. Durations in milliseconds. */
export type ServiceSettings = CommonSettings & TargetSettings;

interface CommonSettings {
  path: string | null;
  /** What else of a monorepo counts as the service's. */
  also: string[];
  /** What is checked out besides the repository's own files. */
  checkout: { submodules: boolean; lfs: boolean };
  build: Command[];
  test: Command[];
  /** Folders that are kept from build to build. */
  cache: string[];
  /** Paths that go into the artifact; empty means the whole folder. */
  include: string[];
  migrate: MigrateSettings | null;
  env: Record<string, string>;
  /** Of each command of a step, and of each instance. */
  limits: { steps: WantedLimits; instances: WantedLimits };
  /** Keys that are set but that this version does not act on yet; shown as a warning before a deploy. */
  notYetActedOn: string[];
}

export interface MigrateSettings {
  run: string;
  repeatable: boolean;
  reversible: boolean;
  /** The variable or secret with the address of the database that it migrates: its locks are recorded there. */
  database: string;
  /** For how long requests are held at the most while it runs; null where they are not. */
  pauseMs: number | null;
}

/** What each target wants to know of a release. */
export type TargetSettings = ProcessRelease | ScriptRelease;

interface ProcessRelease {
  target: "process";
  start: string;
  instances: number;
  health: { path: string; timeoutMs: number };
  smoke: string | null;
  drainMs: number;
  keepWarmMs: number;
  /** Null where all traffic moves at once. */
  canary: CanarySettings | null;
  /** Null where the release before keeps nothing. */
  holdback: HoldbackSettings | null;
}

interface ScriptRelease {
  target: "script";
  deploy: Command[];
  /** Null where the deploy command is run again for the release that is gone back to. */
  switchBack: Command[] | null;
  /** Healthy once it exits with 0; null where nothing is asked. */
  health: { run: string; timeoutMs: number } | null;
  /** Whether a deploy command that was cut off may be run again. */
  repeatable: boolean;
}

export type ProcessSettings = CommonSettings & ProcessRelease;
export type ScriptSettings = CommonSettings & ScriptRelease;

const defaults = {
  migrate: { repeatable: false, reversible: false, database: "DATABASE_URL" },
  healthPath: "/",
  healthTimeoutMs: minute,
  drainMs: 30_000,
  keepWarmMs: 60 * minute,
  canaryForMs: 5 * minute,
  holdbackForMs: 30 * minute,
  instances: 1,
};

export type ResolvedSettings =
  | { ok: true; settings: ServiceSettings }
  /** `field` is dotted: the key that is missing. */
  | { ok: false; problem: string; field: string };

/** Settings for one environment: its own keys win over the file's, key by key. `problem` where nothing says how to release. */
export function settingsFor(file: SettingsFile, environmentSlug: string): ResolvedSettings {
  const environments = new Map(Object.entries(file.environments ?? {}));
  const own = environments.get(environmentSlug) ?? {};
  const keys: ReleaseKeys = {
    ...file.release,
    ...own.release,
    health: { ...file.release?.health, ...own.release?.health },
  };
  const released = keys.target === "script" ? scriptRelease(keys) : processRelease(keys);
  if ("problem" in released) return { ok: false, ...released };
  const migrate = own.migrate ?? file.migrate;
  const stepLimits = { ...file.limits, ...own.limits };
  return {
    ok: true,
    settings: {
      path: file.path ?? null,
      also: file.also ?? [],
      checkout: { submodules: false, lfs: false, ...file.checkout },
      build: own.build ?? file.build ?? [],
      test: own.test ?? file.test ?? [],
      cache: own.cache ?? file.cache ?? [],
      include: (own.package ?? file.package)?.include ?? [],
      migrate: migrate === undefined ? null : migrateOf(migrate),
      ...released,
      env: { ...file.env, ...own.env },
      limits: {
        steps: wantedLimits(stepLimits),
        instances: wantedLimits({ ...stepLimits, ...file.release?.limits, ...own.release?.limits }),
      },
      notYetActedOn: (own.seed ?? file.seed) === undefined ? [] : ["seed"],
    },
  };
}

/** The same of settings as they were stored with a release: an earlier version may have read them otherwise. */
export function storedSettingsFor(stored: unknown, environmentSlug: string): ResolvedSettings {
  const file = settingsFileSchema.safeParse(stored);
  if (file.success) return settingsFor(file.data, environmentSlug);
  const [issue] = file.error.issues;
  const field = issue?.path.join(".") ?? "";
  return { ok: false, problem: `Its settings cannot be read any more: ${issue?.message}`, field };
}

/** Null where there are none, or none that say how to release. */
export function findStoredSettings(stored: unknown, environmentSlug: string): ServiceSettings | null {
  const read = storedSettingsFor(stored, environmentSlug);
  return read.ok ? read.settings : null;
}

function migrateOf({ pause, ...written }: NonNullable<SettingsFile["migrate"]>): MigrateSettings {
  return { ...defaults.migrate, ...written, pauseMs: pause ?? null };
}

type ReleaseKeys = z.output<typeof release> & { health: NonNullable<z.output<typeof release>["health"]> };
type Missing = { problem: string; field: string };

function processRelease(keys: ReleaseKeys): ProcessRelease | Missing {
  if (keys.start === undefined) {
    return {
      problem: "No start command is set: add `release.start`, for example `node server.js`.",
      field: "release.start",
    };
  }
  return {
    target: "process",
    start: keys.start,
    instances: keys.instances ?? defaults.instances,
    health: {
      path: keys.health.path ?? defaults.healthPath,
      timeoutMs: keys.health.timeout ?? defaults.healthTimeoutMs,
    },
    smoke: keys.smoke ?? null,
    drainMs: keys.drain ?? defaults.drainMs,
    keepWarmMs: keys.keepWarm ?? defaults.keepWarmMs,
    ...sharesOf(keys),
  };
}

function sharesOf({ canary, holdback }: ReleaseKeys): Pick<ProcessRelease, "canary" | "holdback"> {
  return {
    canary: canary
      ? { share: canary.share, forMs: canary.for ?? defaults.canaryForMs, sticky: canary.sticky ?? null }
      : null,
    holdback: holdback ? { share: holdback.share, forMs: holdback.for ?? defaults.holdbackForMs } : null,
  };
}

function scriptRelease(keys: ReleaseKeys): ScriptRelease | Missing {
  if (keys.deploy === undefined) {
    return {
      problem: "No deploy command is set: add `release.deploy`, for example `./release.sh`.",
      field: "release.deploy",
    };
  }
  const { run, timeout } = keys.health;
  return {
    target: "script",
    deploy: keys.deploy,
    switchBack: keys.switchBack ?? null,
    health: run === undefined ? null : { run, timeoutMs: timeout ?? defaults.healthTimeoutMs },
    repeatable: keys.repeatable ?? false,
  };
}
