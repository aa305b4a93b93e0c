import { z } from "zod";
import { checkedKinds, conditionStates, factStates, reportedFacts } from "#server/domain/conditions.ts";
import { deploymentKinds, deploymentStatuses, stepNames, stepStatuses } from "#server/domain/deployment.ts";
import { tokenPermissions } from "#server/domain/permissions.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import { stickySchema } from "#server/domain/shares.ts";

/** What machines are told. These shapes are a promise: keys are added, never renamed. */

const moment = z.iso.datetime().describe("ISO 8601, in UTC");
const release = z.int().describe("The release's number within its service");

export const serviceAnswer = z.object({ slug: z.string(), name: z.string(), team: z.string().nullable() });

export const serviceDetailAnswer = serviceAnswer.extend({
  repositoryUrl: z.string(),
  defaultBranch: z.string(),
  environments: z.array(
    z.object({
      slug: z.string(),
      name: z.string(),
      isProduction: z.boolean(),
      url: z.string().describe("Where it serves"),
      live: z.object({ release, sha: z.string(), since: moment }).nullable(),
      waitingCommits: z.int().nullable().describe("Commits of the default branch that are not live here"),
    }),
  ),
});

export const deploymentAnswer = z.object({
  id: z.int(),
  service: z.string(),
  environment: z.string(),
  kind: z.enum(deploymentKinds),
  status: z.enum(deploymentStatuses),
  sha: z.string(),
  subject: z.string(),
  release: release.nullable().describe("Null until the release is made"),
  configurationVersion: z.int().describe("Of the configuration that it brings; 0 for none"),
  requestedAt: moment,
  scheduledFor: moment.nullable().describe("The time that it was asked for; null for now"),
  scheduleReachedAt: moment
    .nullable()
    .describe("When that time had come and nothing spoke against it: from then on it waits like any other"),
  startedAt: moment.nullable(),
  switchedAt: moment.nullable(),
  finishedAt: moment.nullable(),
  currentStep: z.enum(stepNames).nullable(),
  failedStep: z.enum(stepNames).nullable(),
  failureReason: z.string().nullable(),
  cancelReason: z.string().nullable().describe("Why it was cancelled, where no person did it by hand"),
  url: z.url().describe("Its page in the portal"),
});

const side = z.object({
  releaseNumber: release.nullable(),
  requests: z.int(),
  clientErrors: z.int().describe("Answered 4xx"),
  serverErrors: z.int().describe("Answered 5xx, by the release or in its place"),
  aborted: z.int().describe("Cut off before the answer was whole"),
  p50Ms: z.number().nullable().describe("Null where nothing was counted"),
  p99Ms: z.number().nullable(),
});

const canary = z.object({
  share: z.number().describe("Of the requests, 0 to 1"),
  sticky: stickySchema
    .nullable()
    .describe("What visitors are told apart by; null for each request by itself"),
  endsAt: moment.describe("When all traffic moves to its release by itself"),
  candidate: side.describe("What its release has answered of the requests that were drawn for"),
  live: side.describe("What the live one has"),
});

export const deploymentDetailAnswer = deploymentAnswer.extend({
  waitingFor: z.string().nullable().describe("What it waits for, for people, while it is queued"),
  conditions: z
    .array(z.object({ kind: z.enum(checkedKinds), state: z.enum(conditionStates), detail: z.string() }))
    .describe("What was asked of the commit, as it was found when the deployment was asked for"),
  overrideReason: z.string().nullable().describe("Why it was deployed although one was not met"),
  canary: canary.nullable().describe("While its release takes a share of the traffic"),
  steps: z.array(
    z.object({
      name: z.enum(stepNames),
      status: z.enum(stepStatuses),
      startedAt: moment.nullable(),
      endedAt: moment.nullable(),
      detail: z.string().nullable(),
    }),
  ),
});

export const configurationAnswer = z.object({
  environment: z.string(),
  version: z.int().describe("The newest, which the next deployment brings; 0 for none"),
  runningVersion: z.int().describe("With which the live instances were started; 0 for none"),
  instances: z.int().nullable().describe("Null where the release's own settings say how many"),
  variables: z.record(z.string(), z.string()).describe("Over those of the release's own settings"),
  secrets: z
    .record(z.string(), z.object({ setAt: moment, setByName: z.string(), revokedAt: moment.nullable() }))
    .describe("Names, and when each was set; values are never answered"),
  madeAt: moment.nullable(),
});

export const factAnswer = z.object({
  fact: z.enum(reportedFacts),
  state: z.enum(factStates),
  url: z.string().nullable(),
  reportedByName: z.string().describe("The token's name"),
  reportedAt: moment,
});

export const whoamiAnswer = z.object({
  id: z.int(),
  name: z.string(),
  permissions: z.array(z.enum(tokenPermissions)),
  services: z.array(z.string()).nullable().describe("Null means all"),
  expiresAt: moment,
});

export const problemAnswer = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().describe("Stable; decide by this"),
  detail: z.string().describe("What is wrong and what to do, for people"),
  field: z.string().nullable().describe("The key of the input that it stands in"),
  errorId: z.string().nullable().describe("The id under which the portal logged it"),
});

/** Without the person who asked: failures name nobody. */
export function toDeployment(brief: DeploymentBrief, portalUrl: string): z.input<typeof deploymentAnswer> {
  const { serviceSlug: service, environmentSlug: environment, releaseNumber, configuration } = brief;
  const url = `${portalUrl}/services/${encodeURIComponent(service)}/deployments/${brief.id}`;
  const configurationVersion = configuration?.version ?? 0;
  return { ...brief, service, environment, release: releaseNumber, configurationVersion, url };
}
