import type { DeploymentKind, DeploymentStatus } from "./deployment.ts";
import type {
  IncidentEventKind,
  IncidentSource,
  IncidentState,
  Mitigation,
  RecoverySource,
} from "./incident.ts";
import type { Fix } from "./recovery-card.ts";

/** An incident as lists show it: what users felt, and never a person beside what it came with. Moments are ISO 8601. */
export interface IncidentBrief {
  id: number;
  serviceEnvironmentId: number;
  serviceSlug: string;
  serviceName: string;
  team: string | null;
  environmentSlug: string;
  environmentName: string;
  state: IncidentState;
  source: IncidentSource;
  title: string;
  /** Set where slowness is felt, by whatever takes longer; null where failures are. */
  slowerThanMs: number | null;
  /** The change that the evidence points to; null where it points to none. */
  change: { deploymentId: number; releaseNumber: number | null } | null;
  /** What was live when it began. */
  releaseNumber: number | null;
  beganAt: string;
  detectedAt: string;
  mitigatedAt: string | null;
  mitigation: Mitigation | null;
  /** The deployment that took the effect from users. */
  fix: (Fix & { deploymentId: number }) | null;
  fixLines: number | null;
  recoveredAt: string | null;
  recoverySource: RecoverySource | null;
  requests: number;
  affected: number;
  publishedAt: string | null;
}

/** What stands in its timeline. `byName` is whoever helps, reports or writes; null where the portal wrote it by itself. */
export interface IncidentEventView {
  kind: IncidentEventKind;
  happenedAt: string;
  byName: string | null;
  text: string;
}

/** A deployment while it lasts, and nobody beside it. */
export interface NearbyDeployment {
  id: number;
  kind: DeploymentKind;
  status: DeploymentStatus;
  releaseNumber: number | null;
  requestedAt: string;
  switchedAt: string | null;
  finishedAt: string | null;
  /** Whether it says that it is to end this incident. */
  isAttempt: boolean;
}

export interface ThanksView {
  fromName: string;
  text: string;
}

/** What became of those before, so that one knows what to expect of each way out. */
export interface UsualTime {
  mitigation: Mitigation;
  /** The median, from detecting it to users being well. */
  medianMs: number;
  count: number;
}

/** A recovery as the wall shows it. */
export interface RecoveryCard {
  incident: IncidentBrief;
  events: IncidentEventView[];
  thanks: ThanksView[];
  wroteUp: boolean;
  /** How many of the actions of its write-up are done, and how many there are. */
  actions: { done: number; all: number };
}
