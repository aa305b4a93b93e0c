import type { IncidentSource } from "#server/domain/incident.ts";

/** What says that users are affected, and what it says of why. */
export interface IncidentEvidence {
  serviceEnvironmentId: number;
  source: IncidentSource;
  /** What it is known by: the same is written once. */
  cause: string;
  /** What users feel, as a sentence. */
  title: string;
  /** Whether it is known that users are affected; else it is suspected until somebody confirms it. */
  isSure: boolean;
  /** The change that it points to; null where it points to none. */
  deploymentId: number | null;
  /** What was live when it began. */
  releaseId: number | null;
  beganAt: Date;
  detectedAt: Date;
  /** Set where slowness is felt, as the column says. */
  slowerThanMs: number | null;
}
