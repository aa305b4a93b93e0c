import { formatDurationMs } from "./durations.ts";

/** What a single failure would do to a service environment, and which setting mends it. */

export interface RedundancyFacts {
  /** Of the live pool: the worker that looks after each instance. */
  instances: readonly { workerName: string }[];
  /** Workers that are alive and may take deployments here, and the label that they need for it. */
  workerNames: readonly string[];
  workerLabel: string | null;
  /** Those that are alive, each with the machine that it runs on. */
  routers: readonly { host: string }[];
  isDatabaseEmbedded: boolean;
  /** How long a start took until it was healthy, by the last ones; null where none is known. */
  startMs: number | null;
}

export const weakPointKinds = ["instance", "machine", "worker", "router", "database"] as const;

export interface WeakPoint {
  kind: (typeof weakPointKinds)[number];
  /** `One instance` */
  title: string;
  effect: string;
  /** What to set or do, with backticks around what a machine reads. */
  mend: string;
}

export interface Redundancy {
  /** `One instance, one router: 2 single points of failure` */
  summary: string;
  weakPoints: WeakPoint[];
}

/** Null where nothing is live: then nothing can fail. */
export function redundancyOf(facts: RedundancyFacts): Redundancy | null {
  if (facts.instances.length === 0) return null;
  const weakPoints = [
    instancePoint(facts),
    workerPoint(facts),
    routerPoint(facts),
    databasePoint(facts),
  ].filter((point) => point !== null);
  return { summary: summaryOf(weakPoints), weakPoints };
}

function summaryOf(weakPoints: readonly WeakPoint[]): string {
  const [first, ...rest] = weakPoints.map(({ title }) => title);
  if (first === undefined) return "No single point of failure that the portal can see";
  const titles = [first, ...rest.map((title) => title.charAt(0).toLowerCase() + title.slice(1))].join(", ");
  const count = weakPoints.length;
  return `${titles}: ${count} single ${count === 1 ? "point" : "points"} of failure`;
}

function instancePoint(facts: RedundancyFacts): WeakPoint | null {
  const { instances, startMs } = facts;
  if (instances.length === 1) {
    const about = startMs === null ? "" : `: about ${formatDurationMs(startMs)}, as the last starts took`;
    return {
      kind: "instance",
      title: "One instance",
      effect: `If it dies, requests fail until it is back${about}.`,
      mend: "Scale it to 2 or more, or set `release.instances`.",
    };
  }
  const [workerName, ...others] = new Set(instances.map((instance) => instance.workerName));
  if (workerName === undefined || others.length > 0) return null;
  return {
    kind: "machine",
    title: "One machine",
    effect: `All ${instances.length} instances run on the machine of ${workerName}. If it dies, requests fail until it is back or a new deployment runs elsewhere.`,
    mend: facts.workerNames.some((name) => name !== workerName)
      ? "No setting spreads a pool over machines. Deploy again then: another worker takes it."
      : "No setting spreads a pool over machines. With a worker on a second one, a new deployment brings it back.",
  };
}

function workerPoint({ workerNames, workerLabel }: RedundancyFacts): WeakPoint | null {
  if (workerNames.length > 1) return null;
  const [name] = workerNames;
  const labelled = workerLabel === null ? "" : ` and \`ANYTIME_WORKER_LABELS=${workerLabel}\``;
  return {
    kind: "worker",
    title: name === undefined ? "No worker" : "One worker",
    effect:
      name === undefined
        ? "None that may take deployments here is alive: they wait, while what is live goes on serving."
        : `If ${name} dies, deployments wait until it is back, and an instance of it that dies meanwhile stays down. Those that run go on serving.`,
    mend: `Run \`anytime deploy-worker\` on another machine, with the same \`DATABASE_URL\`${labelled}.`,
  };
}

function routerPoint({ routers }: RedundancyFacts): WeakPoint | null {
  const [host, ...others] = new Set(routers.map((router) => router.host));
  if (others.length > 0) return null;
  const [title, effect] =
    host === undefined
      ? ["No router", "None is alive: no service can be reached."]
      : routers.length === 1
        ? ["One router", "If it dies, no service can be reached until it is back."]
        : [
            "Routers on one machine",
            `One of the ${routers.length} may die. If ${host} does, no service can be reached until it is back.`,
          ];
  return {
    kind: "router",
    title,
    effect,
    mend: "Run `anytime traffic-router` on another machine, with the same `DATABASE_URL`, and a load balancer in front of both.",
  };
}

function databasePoint({ isDatabaseEmbedded }: RedundancyFacts): WeakPoint | null {
  if (!isDatabaseEmbedded) return null;
  return {
    kind: "database",
    title: "One database",
    effect:
      "PostgreSQL runs beside the portal. If it dies, the portal and deployments stop until it is back. Live traffic goes on: routers keep the routes that they know.",
    mend: "Name a replicated or managed PostgreSQL in `DATABASE_URL`.",
  };
}
