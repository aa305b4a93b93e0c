import type { BlockList } from "node:net";
import { availableParallelism, hostname } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { parseBytes } from "#server/domain/bytes.ts";
import { type KeptDays, usualKeptDays } from "#server/domain/count-steps.ts";
import type { Limits } from "#server/domain/limits.ts";
import { usualSteadySeconds } from "#server/domain/recovery.ts";
import { workerLabelListSchema } from "#server/domain/worker-label.ts";
import { messageOf, UserError } from "./errors.ts";
import {
  type IdentityProvider,
  providerVariables,
  readIdentityProviders,
  withoutSlash,
} from "./identity-providers.ts";
import { memoryOfMachine } from "./out-of-memory.ts";
import { readS3Settings, type S3Settings, s3Variables } from "./s3-settings.ts";
import { parseSealingKey, type SealingKey } from "./sealed-value.ts";
import { lowestServiceUid, type UidRange } from "./service-accounts.ts";
import { trustedProxies } from "./trusted-proxies.ts";

/** Every setting of the installation, read once from the environment. Secrets in here are never printed. */
export interface Settings {
  dataFolder: string;
  /** Null means the embedded PostgreSQL, which only `anytime start` runs. */
  databaseUrl: string | null;
  /** Whether that address is of the embedded PostgreSQL: the supervisor tells its processes. */
  isDatabaseEmbedded: boolean;
  /** Of the role that owns the tables and migrates, where that is another than the processes'. */
  ownerDatabaseUrl: string | null;
  portalPort: number;
  routerPort: number;
  /** How many routers `anytime start` runs on that port. */
  routerCount: number;
  /** Which of those this process is, from 1: each has files and an identity of its own. */
  routerNumber: number;
  /** Where web and router listen: this machine only, unless set. */
  host: string;
  portalUrl: string;
  /** Where services reach it to tell of themselves, without a slash at its end. */
  telemetryUrl: string;
  /** Addresses and networks of the proxies in front of portal and routers, whose `X-Forwarded-For` is believed. */
  trustedProxies: BlockList;
  /** The longest body of a request that routers pass on. */
  routerMostBodyBytes: number;
  /** Keys given by the operator, the newest first; without any, `secrets.json` has one. */
  sealingKeys: SealingKey[];
  /** Shared by the portal and routers on other machines: what opens the next pool is signed by it. */
  previewSecret: string | null;
  /** Hosts that channels may be at although they are not in the public internet; with or without `:port`. */
  outgoingHosts: string[];
  /** Where Slack's bots are answered. */
  slackUrl: string;
  /** The mail server with user and password, and whom mails are from; null, both, where there is none. */
  smtpUrl: string | null;
  mailFrom: string | null;
  adminEmail: string | null;
  adminPassword: string | null;
  /** Folders under which repositories may be registered by their path. */
  allowLocalRepositories: string[];
  workerName: string;
  /** The address under which routers reach this worker's instances. */
  workerHost: string;
  /** How many deployments this worker runs at once. */
  workerCapacity: number;
  /** What this worker can do that others cannot: service environments may ask for one of them. */
  workerLabels: string[];
  /** Of services alone, where the worker is root. */
  serviceUids: UidRange;
  /** Where artifacts are kept for all machines; null for a folder of each machine's own. */
  s3: S3Settings | null;
  /** How many of each service's newest releases can always be deployed without building them anew. */
  keepReleases: number;
  /** What build caches may take of this worker's disk. */
  cacheBytes: number;
  /** What each command of a step and each instance gets, and the most that a service may ask for. */
  stepLimits: Limits;
  instanceLimits: Limits;
  /** A step ends where less of its disk is free; null for the smaller of 1 GiB and a twentieth of the disk. */
  freeDiskBytes: number | null;
  logLevel: string;
  /** After so many days the logs of deployments go; the deployments stay. */
  keepLogsDays: number;
  keepCountsDays: KeptDays;
  /** So long the rate has to be back in its range from before an incident for it to be over. */
  recoverySeconds: number;
  /** Lists further values, one a line, that are masked in all output. */
  maskFile: string | null;
  /** Who else may say who a person is, in the order of their buttons. */
  identityProviders: IdentityProvider[];
}

/** The checkout that this process runs from. */
export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url));

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);

/** Elsewhere the kernel does not spread the connections to one port over several processes. */
export const canSharePort = process.platform === "linux";

/** Two, as one that dies is back only after most of a second, and without one nothing at all is served. */
const usualRouterCount = canSharePort ? 2 : 1;

/** Enough for an image of a disk; a service that wants less says so itself. */
const usualMostBodyBytes = 10 * 1024 ** 3;

const address = z.url({ protocol: /^https?$/, error: "is an address such as https://deploy.example.org" });
const routerNumber = z.coerce.number().int().min(1).max(16);

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, "begins with postgres://");

/** Such days are dropped as a whole when they are over; the last one is still needed then. */
const keptDays = z.coerce.number().int().min(2).max(3_650);

const size = z
  .string()
  .optional()
  .transform((text, { addIssue }): number | null => {
    if (text === undefined) return null;
    const bytes = parseBytes(text);
    if (bytes !== null) return bytes;
    addIssue("is a size such as 512MB or 2GB");
    return z.NEVER;
  });

const schema = z.object({
  ANYTIME_DATA: z.string().default(join(repositoryRoot, ".anytime")),
  DATABASE_URL: postgresUrl.optional(),
  ANYTIME_DATABASE: z.enum(["embedded"]).optional(),
  ANYTIME_OWNER_DATABASE_URL: postgresUrl.optional(),
  ANYTIME_PORT: port(4700),
  ANYTIME_ROUTER_PORT: port(4780),
  ANYTIME_ROUTERS: routerNumber
    .default(usualRouterCount)
    .refine((count) => count === 1 || canSharePort, "is 1: only on Linux do several routers share a port"),
  ANYTIME_ROUTER_NUMBER: routerNumber.default(1),
  ANYTIME_ROUTER_MAX_BODY: size,
  ANYTIME_HOST: z.string().min(1).default("127.0.0.1"),
  ANYTIME_URL: address.optional(),
  ANYTIME_TELEMETRY_URL: address.optional(),
  ANYTIME_TRUSTED_PROXIES: z
    .string()
    .default("")
    .transform((text, { addIssue }) => {
      try {
        return trustedProxies(text.split(",").flatMap((entry) => entry.trim() || []));
      } catch (error) {
        addIssue(messageOf(error));
        return z.NEVER;
      }
    }),
  ANYTIME_KEY: z
    .string()
    .default("")
    .transform((list, { addIssue }): SealingKey[] => {
      const keys = list
        .split(",")
        .flatMap((entry) => (entry.trim() === "" ? [] : parseSealingKey(entry.trim())));
      if (!keys.includes(null)) return keys.filter((key) => key !== null);
      addIssue("is 32 bytes in base64 or hex, such as `openssl rand -base64 32` prints; several as new,old");
      return z.NEVER;
    }),
  ANYTIME_PREVIEW_SECRET: z.string().min(32, "has at least 32 characters").optional(),
  ANYTIME_OUTGOING_HOSTS: z
    .string()
    .default("")
    .transform((list) => list.split(",").flatMap((host) => host.trim().toLowerCase() || []))
    .refine(
      (hosts) => hosts.every((host) => URL.parse(`http://${host}`)?.pathname === "/" && !host.includes("/")),
      "is host names or addresses, each with or without :port, separated by ,",
    ),
  ANYTIME_SLACK_URL: z
    .url({ protocol: /^https?$/, error: "is an address such as https://slack.com" })
    .default("https://slack.com"),
  ANYTIME_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: "is an address such as smtps://user:password@mail.example.org" })
    .optional(),
  ANYTIME_MAIL_FROM: z
    .string()
    .regex(/^[^<>\r\n]*<?[^<>@\s]+@[^<>@\s]+>?$/, "is an address such as Anytime <deploys@example.org>")
    .optional(),
  ANYTIME_ADMIN_EMAIL: z.string().optional(),
  ANYTIME_ADMIN_PASSWORD: z.string().optional(),
  ANYTIME_LOCAL_REPOSITORIES: z.string().default(""),
  ANYTIME_WORKER: z.string().min(1).max(100).default(hostname()),
  ANYTIME_WORKER_HOST: z.string().min(1).default("127.0.0.1"),
  ANYTIME_WORKER_CAPACITY: z.coerce.number().int().min(1).max(100).default(4),
  ANYTIME_WORKER_LABELS: workerLabelListSchema.default([]),
  ANYTIME_SERVICE_UIDS: z
    .string()
    .regex(/^\d{4,9}-\d{4,9}$/, "is a range of uids that nobody else has, such as 20000-59999")
    .default("20000-59999")
    .transform((text): UidRange => {
      const [first = 0, last = 0] = text.split("-").map(Number);
      return { first, last };
    })
    .refine(
      ({ first, last }) => first >= lowestServiceUid && first < last,
      "begins at 1000 or above, and below its end",
    ),
  ANYTIME_STEP_MEMORY: size,
  ANYTIME_INSTANCE_MEMORY: size,
  ANYTIME_MAX_PROCESSES: z.coerce.number().int().min(20).max(1_000_000).default(2_000),
  ANYTIME_MAX_CPUS: z.coerce.number().min(0.1).max(1_024).default(availableParallelism()),
  ANYTIME_FREE_DISK: size,
  ANYTIME_KEEP_COUNTS_DAYS: keptDays.default(usualKeptDays.counts),
  ANYTIME_KEEP_MINUTES_DAYS: keptDays.default(usualKeptDays.minutes),
  ANYTIME_KEEP_HOURS_DAYS: keptDays.default(usualKeptDays.hours),
  ANYTIME_KEEP_LOGS_DAYS: z.coerce.number().int().min(1).max(3_650).default(90),
  ANYTIME_RECOVERY_SECONDS: z.coerce.number().int().min(20).max(3_600).default(usualSteadySeconds),
  ANYTIME_MASK_FILE: z.string().optional(),
  ANYTIME_KEEP_RELEASES: z.coerce.number().int().min(1).max(10_000).default(20),
  ANYTIME_CACHE_GB: z.coerce.number().min(0.1).max(10_000).default(20),
  ...s3Variables,
  ANYTIME_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  ...providerVariables,
});

/** Throws UserError naming the variable that cannot be read; its value is not repeated. */
export function loadEnvironment(variables: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new UserError(`The environment cannot be read. ${lines.join("; ")}.`);
  }
  const read = parsed.data;
  if ((read.ANYTIME_SMTP_URL === undefined) !== (read.ANYTIME_MAIL_FROM === undefined)) {
    throw new UserError("Set ANYTIME_SMTP_URL and ANYTIME_MAIL_FROM, both of them or neither.");
  }
  const limits = (memoryBytes: number | null): Limits => ({
    // One that runs wild leaves the other half to everything else.
    memoryBytes: memoryBytes ?? Math.floor(memoryOfMachine().bytes / 2),
    processes: read.ANYTIME_MAX_PROCESSES,
    cpus: read.ANYTIME_MAX_CPUS,
  });
  const portalUrl = read.ANYTIME_URL ?? `http://localhost:${read.ANYTIME_PORT}`;
  return {
    dataFolder: resolve(read.ANYTIME_DATA),
    databaseUrl: read.DATABASE_URL ?? null,
    isDatabaseEmbedded: read.ANYTIME_DATABASE === "embedded",
    ownerDatabaseUrl: read.ANYTIME_OWNER_DATABASE_URL ?? null,
    portalPort: read.ANYTIME_PORT,
    routerPort: read.ANYTIME_ROUTER_PORT,
    routerCount: read.ANYTIME_ROUTERS,
    routerNumber: read.ANYTIME_ROUTER_NUMBER,
    routerMostBodyBytes: read.ANYTIME_ROUTER_MAX_BODY ?? usualMostBodyBytes,
    host: read.ANYTIME_HOST,
    portalUrl: withoutSlash(portalUrl),
    telemetryUrl: withoutSlash(read.ANYTIME_TELEMETRY_URL ?? portalUrl),
    trustedProxies: read.ANYTIME_TRUSTED_PROXIES,
    sealingKeys: read.ANYTIME_KEY,
    previewSecret: read.ANYTIME_PREVIEW_SECRET ?? null,
    outgoingHosts: read.ANYTIME_OUTGOING_HOSTS,
    slackUrl: withoutSlash(read.ANYTIME_SLACK_URL),
    smtpUrl: read.ANYTIME_SMTP_URL ?? null,
    mailFrom: read.ANYTIME_MAIL_FROM ?? null,
    adminEmail: read.ANYTIME_ADMIN_EMAIL ?? null,
    adminPassword: read.ANYTIME_ADMIN_PASSWORD ?? null,
    allowLocalRepositories: localFolders(read.ANYTIME_LOCAL_REPOSITORIES),
    workerName: read.ANYTIME_WORKER,
    workerHost: read.ANYTIME_WORKER_HOST,
    workerCapacity: read.ANYTIME_WORKER_CAPACITY,
    workerLabels: read.ANYTIME_WORKER_LABELS,
    serviceUids: read.ANYTIME_SERVICE_UIDS,
    s3: readS3Settings(read),
    keepReleases: read.ANYTIME_KEEP_RELEASES,
    cacheBytes: read.ANYTIME_CACHE_GB * 1024 ** 3,
    stepLimits: limits(read.ANYTIME_STEP_MEMORY),
    instanceLimits: limits(read.ANYTIME_INSTANCE_MEMORY),
    freeDiskBytes: read.ANYTIME_FREE_DISK,
    logLevel: read.ANYTIME_LOG_LEVEL,
    keepLogsDays: read.ANYTIME_KEEP_LOGS_DAYS,
    keepCountsDays: {
      counts: read.ANYTIME_KEEP_COUNTS_DAYS,
      minutes: read.ANYTIME_KEEP_MINUTES_DAYS,
      hours: read.ANYTIME_KEEP_HOURS_DAYS,
    },
    recoverySeconds: read.ANYTIME_RECOVERY_SECONDS,
    maskFile: read.ANYTIME_MASK_FILE ?? null,
    identityProviders: readIdentityProviders(read),
  };
}

function localFolders(list: string): string[] {
  const folders = list.split(delimiter).filter((folder) => folder !== "");
  const relative = folders.find((folder) => !isAbsolute(folder));
  if (relative === undefined) return folders;
  throw new UserError(`ANYTIME_LOCAL_REPOSITORIES: ${relative} is not an absolute path.`);
}

/** The database that this process talks to. Throws UserError where none is named. */
export function requireDatabaseUrl(settings: Settings): string {
  if (settings.databaseUrl !== null) return settings.databaseUrl;
  throw new UserError("Set DATABASE_URL, or use `npm start`, which brings a PostgreSQL of its own.");
}
