import { join } from "node:path";
import type { StepName } from "#server/domain/deployment.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { ServiceSettings, SettingsFileInput } from "#server/domain/service-settings.ts";
import type { HoldbackSettings } from "#server/domain/shares.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import type { Marks } from "#server/kernel/process-identity.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import type { Claimed } from "#server/services/deployments/claim.ts";
import type { Lease } from "#server/services/deployments/lease.ts";
import { type DeploymentLog, openLog } from "#server/services/deployments/open-log.ts";
import { readWork, type Work } from "#server/services/deployments/read-work.ts";
import type { Commit } from "#server/services/pipeline/commit.ts";
import type { KeptPlace } from "#server/services/pipeline/kept-folders.ts";
import type { PoolStart } from "#server/services/targets/start-pool.ts";
import type { Machine } from "./machine.ts";
import { maskOf } from "./open-run-secrets.ts";

/** The commit as it was checked out. */
export interface Source {
  commit: Commit;
  /** Where commands run: the checkout, or the service's folder in it. */
  folder: string;
  settingsFile: SettingsFileInput;
  /** Where its build keeps folders for the next one; null where it keeps none. */
  kept: KeptPlace | null;
}

export interface TakenPool {
  color: PoolColor;
  wasWarm: boolean;
  instanceIds: number[];
  /** Instances that start once the first is healthy; null where none is left to start. */
  others: PoolStart | null;
  /** Which one was live before it. */
  former: PoolColor | null;
  /** It was given a share of the traffic, which is to be taken back where it does not become live. */
  hadShare: boolean;
  /** What the former keeps since the switch. */
  holdback: HoldbackSettings | null;
  /** The pointer's, on which this was decided. */
  generation: number;
}

/** One attempt at a deployment, as far as it has got. */
export interface Run {
  ctx: Context;
  machine: Machine;
  lease: Lease;
  work: Work;
  log: DeploymentLog;
  /** The id of the newest secret that the log hides. */
  hiddenUpTo: number;
  /** Aborts with an Interruption. */
  signal: AbortSignal;
  /** Removed when the run is over. */
  workspace: string;
  /** Null where an existing release is shipped. */
  source: Source | null;
  settings: ServiceSettings | null;
  /** Of the tools that build and test; null until one of them runs. */
  toolCache: string | null;
  step: StepName;
  /** The step that the claim has started; null once it has been taken up. */
  startedAhead: StepName | null;
  /** The one that this run started or took over. */
  pool: TakenPool | null;
  hasSwitched: boolean;
}

export async function openRun(
  ctx: Context,
  machine: Machine,
  { firstStep, ...lease }: Claimed,
  signal: AbortSignal,
): Promise<Run> {
  const [work] = await Promise.all([readWork(ctx, lease), notify(ctx, "deployment", lease.deploymentId)]);
  const { mask, hiddenUpTo } = await maskOf(ctx, machine, work);
  const log = await openLog(ctx, lease, mask);
  const workspace = join(machine.dataFolder.workspacesFolder, workspaceName(lease));
  return {
    ctx,
    machine,
    lease,
    work,
    log,
    hiddenUpTo,
    signal,
    workspace,
    source: null,
    settings: null,
    toolCache: null,
    step: firstStep ?? "checkout",
    startedAhead: firstStep,
    pool: null,
    hasSwitched: false,
  };
}

/** A folder of each attempt's own. */
export function workspaceName(lease: Pick<Lease, "deploymentId" | "leaseNumber">): string {
  return `${lease.deploymentId}-${lease.leaseNumber}`;
}

/** In the environment of all that the steps of one attempt start. */
export function leaseMarks(lease: Pick<Lease, "deploymentId" | "leaseNumber">): Marks {
  return { ANYTIME_LEASE: workspaceName(lease) };
}

/** Whom the run's commands run as. Throws StepError where the machine has nobody left. */
export function accountOf(run: Run): Account {
  return run.machine.accountOf(run.work.service.id);
}

/** The release that the run ships. Only after `makeRelease`. */
export function releaseOf(run: Run) {
  if (run.work.release === null) throw new Error("The release is not made yet.");
  return run.work.release;
}

export function settingsOf(run: Run): ServiceSettings {
  if (run.settings === null) throw new Error("The settings are not read yet.");
  return run.settings;
}

export function sourceOf(run: Run): Source {
  if (run.source === null) throw new Error("Nothing is checked out.");
  return run.source;
}

export function poolOf(run: Run) {
  if (run.pool === null) throw new Error("No pool was started.");
  return run.pool;
}
