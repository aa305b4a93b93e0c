import type { SettingChange } from "./compare-settings.ts";
import type { CheckedCondition, CheckedKind } from "./conditions.ts";
import type { DeploymentKind, DeploymentStatus, StepName, StepStatus } from "./deployment.ts";
import type { CalmStreak } from "./insights.ts";
import type { MigrationLock } from "./migration-locks.ts";
import type { MissingNote } from "./missing-note.ts";
import type { InstanceStatus, PoolColor, PoolStatus } from "./pools.ts";
import type { Reason } from "./reasons.ts";
import type { WatchOutcome } from "./release-watch.ts";
import type { ServiceSettings } from "./service-settings.ts";
import type { Shared, SideCounts, Sticky } from "./shares.ts";
import type { SwitchCounts } from "./switch-counts.ts";
import type { Target } from "./targets.ts";
import type { Waiting } from "./waiting.ts";

/** What pages are told: the shapes that rooms, flows and screens share. */

/** ISO 8601, in UTC. */
export type Moment = string;

export interface Environment {
  id: number;
  slug: string;
  name: string;
  position: number;
  isProduction: boolean;
}

export interface Commit {
  sha: string;
  subject: string;
  authorName: string;
  committedAt: Moment;
}

/** Some commits, newest first, and how many there are in all. */
export interface Commits {
  commits: Commit[];
  total: number;
}

export interface ReleaseBrief extends Commit {
  id: number;
  number: number;
  artifactDigest: string;
  /** Why it was marked as bad; null where it is not. */
  badReason: string | null;
  /** What it shipped at first, where it had to be built again and came out differently; null where not. */
  firstArtifactDigest: string | null;
}

export interface ReleaseWithArtifact extends ReleaseBrief {
  artifactBytes: number;
  fileCount: number;
  /** Its artifact was cleared away: to ship it is to build its commit again. */
  isArtifactGone: boolean;
}

export interface ReleaseRow extends ReleaseWithArtifact {
  createdAt: Moment;
  /** Slugs of the environments that it serves now. */
  liveIn: string[];
}

export interface LiveRelease extends ReleaseBrief {
  target: Target;
  pool: PoolColor;
  since: Moment;
  deploymentId: number | null;
  byName: string | null;
}

/** One row of any list of deployments. */
export interface DeploymentBrief {
  id: number;
  serviceSlug: string;
  serviceName: string;
  environmentSlug: string;
  environmentName: string;
  isProduction: boolean;
  serviceEnvironmentId: number;
  /** What a worker must have as a label to take it; null where any will do. */
  workerLabel: string | null;
  kind: DeploymentKind;
  status: DeploymentStatus;
  isCancelling: boolean;
  sha: string;
  subject: string;
  authorName: string;
  releaseNumber: number | null;
  previousReleaseNumber: number | null;
  /** The configuration that it brings; null where none has been made. */
  configuration: { version: number; instances: number | null } | null;
  /** Null beside a failure: it names no person. */
  requestedByName: string | null;
  requestedAt: Moment;
  /** The time that it was asked for; null where that was now. */
  scheduledFor: Moment | null;
  /** When that time had come and it joined those that wait. */
  scheduleReachedAt: Moment | null;
  startedAt: Moment | null;
  switchedAt: Moment | null;
  finishedAt: Moment | null;
  durationMs: number | null;
  switchDurationMs: number | null;
  failedStep: StepName | null;
  failureReason: string | null;
  /** The newer one that took its place while it waited. */
  supersededBy: number | null;
  /** Why it was cancelled, where no person did it by hand. */
  cancelReason: string | null;
  /** The conditions that were not met and that somebody deployed without, knowingly. */
  overridden: CheckedKind[];
  /** Whether it builds, or takes an artifact that exists. */
  makesArtifact: boolean;
  currentStep: StepName | null;
  stepsDone: number;
  stepCount: number;
  /** 0 to 1, by steps. */
  progress: number;
  /** The 90th percentile of the like before it; only while it waits or runs. */
  expectedMs: number | null;
}

/** Something that can be done next: the button's words, or why it cannot be done. */
export interface Action {
  isAllowed: boolean;
  label: string;
  reason: string | null;
}

export interface PromoteAction extends Action {
  environmentSlug: string;
  fromEnvironmentSlug: string;
  releaseNumber: number | null;
}

export interface SwitchBackAction extends Action {
  releaseNumber: number | null;
  /** `#41 is warm: back in under 1 s`, or how long its start takes. */
  readiness: string;
  isWarm: boolean;
}

/** How a service is reached through the router. */
export interface ServiceLinks {
  url: string;
  pathUrl: string;
  hostName: string;
  /** A command line that needs neither name resolution nor the path. */
  curl: string;
}

export interface InstanceView {
  id: number;
  status: InstanceStatus;
  host: string;
  port: number;
  pid: number | null;
  restarts: number;
  startedAt: Moment;
  workerName: string;
}

export interface InstanceDetail extends InstanceView {
  pool: PoolColor;
  releaseNumber: number;
  serviceSlug: string;
  serviceName: string;
  environmentName: string;
}

export interface PoolView {
  color: PoolColor;
  status: PoolStatus;
  isLive: boolean;
  isWarm: boolean;
  warmUntil: Moment | null;
  release: ReleaseBrief | null;
  /** What its instances were started with. */
  configurationId: number | null;
  /** Ids of secret values, by name; of these, none that is revoked makes a warm pool. */
  secrets: Record<string, number>;
  deploymentId: number | null;
  instances: InstanceView[];
}

/** What a router has acknowledged for one service environment. */
export interface RouterProof {
  routerId: string;
  /** `host:port` */
  name: string;
  isAlive: boolean;
  generation: number;
  acknowledgedAt: Moment | null;
  hasCurrent: boolean;
  openToOldPools: number;
}

/** The pools of a service environment, which one is live, and what routers say about it. */
export interface TrafficView {
  generation: number;
  livePool: PoolColor | null;
  /** Blue and green; violet too while it is used. */
  pools: PoolView[];
  routers: RouterProof[];
  /** Which pool takes a share beside the live one; null while none does. */
  shared: Shared | null;
  /** Until when requests wait; null while they do not. */
  heldUntil: Moment | null;
}

/** Two releases beside each other, while one of them is on trial. */
export interface CanaryView {
  /** The candidate's, 0 to 1. */
  share: number;
  sticky: Sticky | null;
  endsAt: Moment;
  /** What is known of the candidate by now, held against the live one; null where nothing was counted yet. */
  outcome: WatchOutcome | null;
  candidate: SideCounts & { releaseNumber: number | null };
  live: SideCounts & { releaseNumber: number | null };
}

/** How long the like took before: `sampleCount` runs. */
export interface Expectation {
  medianMs: number | null;
  p90Ms: number | null;
  sampleCount: number;
}

export interface StepView {
  name: StepName;
  status: StepStatus;
  startedAt: Moment | null;
  endedAt: Moment | null;
  durationMs: number | null;
  expectedMs: number | null;
  detail: string | null;
  /** Its lines in the deployment's log. */
  firstLine: number | null;
  lastLine: number | null;
}

export interface LogLine {
  /** From 1 through the whole deployment. */
  number: number;
  step: StepName;
  /** With ANSI sequences; its first 4,000 characters. */
  text: string;
  /** How many more there are. */
  omitted: number;
  printedAt: Moment;
}

export interface DeploymentDetail extends DeploymentBrief, TrafficView {
  serviceId: number;
  /** Where its release runs; until it has one, where what is live does. */
  target: Target;
  startedByName: string;
  cancelRequestedAt: Moment | null;
  /** Where it has a canary: when all traffic moves to its release by itself. */
  canaryEndsAt: Moment | null;
  pool: PoolColor | null;
  release: ReleaseWithArtifact | null;
  previousRelease: ReleaseBrief | null;
  reasons: Reason[];
  /** As they were found when it was asked for; none where none were set, or for a switch-back. */
  conditions: CheckedCondition[];
  /** Why it was deployed although one of them was not met. */
  overrideReason: string | null;
  workerName: string | null;
  waitedMs: number | null;
  ahead: { id: number; kind: DeploymentKind } | null;
  /** What it waits for, in words, and for how long at the most as far as is known, while it is queued. */
  waitingFor: string | null;
  waitsUpToMs: number | null;
  steps: StepView[];
  /** What its migration was seen to lock, the strongest first; null where nobody looked. */
  locks: MigrationLock[] | null;
  expected: Expectation;
  log: { lineCount: number; isGone: boolean; keptDays: number };
  /** What routers counted around the switch; null where they have not yet, or did not. */
  switchCounts: SwitchCounts | null;
  /** Whether it is or was watched after its switch. */
  hasReview: boolean;
  /** The incident that it is to end; null where it is for none. */
  fixesIncidentId: number | null;
  /** Whether its release is what is live now. */
  isLive: boolean;
  links: ServiceLinks;
  actions: {
    cancel: Action;
    /** Why its canary cannot be changed; null where it can. */
    canary: string | null;
    /** Null where it is not for later. */
    startNow: Action | null;
    promote: PromoteAction | null;
    switchBack: SwitchBackAction;
    /** Null where what is live shipped again: that is asked for anew from where it is live. */
    again: (Action & { sha: string }) | null;
    /** Of a restart: another one. */
    restart: Action | null;
  };
}

export const plannableKinds = ["deploy", "promote", "roll-forward", "switch-back"] as const;
export type PlannableKind = (typeof plannableKinds)[number];

export interface PlanConditions {
  /** False for a switch-back: whatever is set, help never waits. */
  areAsked: boolean;
  checked: CheckedCondition[];
  checkedAt: Moment;
  /** The button's words where only a person's reason is missing: `Deploy 3f2a91c to production without green CI`. */
  overrideLabel: string | null;
}

export interface DeploymentPlan {
  kind: DeploymentKind;
  serviceSlug: string;
  serviceName: string;
  environment: Environment;
  serviceEnvironmentId: number;
  commit: Commit;
  release: ReleaseWithArtifact | null;
  live: LiveRelease | null;
  /** The button's words: `Promote #43 to production`. */
  actLabel: string;
  /** Null where it would be now. */
  scheduledFor: Moment | null;
  steps: { name: StepName; skip: string | null; expectedMs: number | null }[];
  expected: Expectation;
  goingLive: Commits;
  goingAway: Commits;
  reasons: Reason[];
  isStopped: boolean;
  /** Null where the service environment asks for nothing. */
  conditions: PlanConditions | null;
  /** Older ones that wait and whose place this one takes. */
  superseded: { id: number; sha: string }[];
  /** For a switch-back. */
  readiness: string | null;
  settings: ServiceSettings | null;
  settingsFrom: "file" | "portal" | "release";
  /** Where the service's settings file lies in the repository. */
  settingsPath: string;
  settingsChanges: SettingChange[];
  /** The one that it would bring; null where there is none. */
  configuration: { id: number; version: number } | null;
  /** What the instances that are live run with. */
  liveConfigurationId: number | null;
  /** How many commits a deployment usually has here; null where there were too few to say. */
  usualCommits: number | null;
}

export interface MatrixCell {
  serviceEnvironmentId: number;
  environmentSlug: string;
  live: LiveRelease | null;
  waitingCommits: number | null;
  /** How much that is; null where none waits. */
  waiting: Waiting | null;
  running: DeploymentBrief | null;
  lastFailed: {
    deploymentId: number;
    failedStep: StepName | null;
    failureReason: string | null;
    finishedAt: Moment;
  } | null;
  links: ServiceLinks;
}

export interface Overview {
  environments: Environment[];
  services: (ServiceBrief & { isBeingRemoved: boolean; cells: MatrixCell[] })[];
  deploymentsLast24Hours: number;
  failedLast24Hours: number;
  /** Of what the reader has deployed, the newest first. */
  missingNotes: MissingNote[];
  calmTeams: (CalmStreak & { team: string })[];
}

export interface ServiceBrief {
  id: number;
  slug: string;
  name: string;
  team: string | null;
  isTour: boolean;
}
