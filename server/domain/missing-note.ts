import type { Moment } from "./read-models.ts";

/** A release in production that the public feed can only call maintenance. */
export interface MissingNote {
  deploymentId: number;
  serviceSlug: string;
  serviceName: string;
  environmentName: string;
  releaseNumber: number;
  sha: string;
  liveSince: Moment;
}
