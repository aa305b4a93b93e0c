import { Readable } from "node:stream";
import { z } from "zod";
import { deploymentKinds, deploymentStatuses } from "#server/domain/deployment.ts";
import { leastShare, longestCanaryMs, mostShare } from "#server/domain/shares.ts";
import { changeCanary } from "#server/flows/change-canary.ts";
import { readCanaryOf } from "#server/flows/read-canary.ts";
import { readQueuePlace } from "#server/flows/read-queue-place.ts";
import { requestDeployment } from "#server/flows/request-deployment.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { listDeployments } from "#server/services/deployments/list-deployments.ts";
import { streamLog } from "#server/services/deployments/stream-log.ts";
import { getService } from "#server/services/services/get-service.ts";
import { count, instances, secrets, slug, text, variables } from "../schemas.ts";
import { deploymentAnswer, deploymentDetailAnswer, toDeployment } from "./answers.ts";
import { type Asked, operation } from "./operation.ts";

const largestId = Number.MAX_SAFE_INTEGER;
const id = z.coerce.number().int().positive().max(largestId);
const wish = z.strictObject({
  environment: slug,
  kind: z
    .enum(deploymentKinds)
    .default("deploy")
    .describe("Restart, scale and configure ship what is live when they run"),
  sha: text
    .optional()
    .describe("Deploy, roll forward: the commit; the newest of the default branch if left out"),
  release: z.int().positive().optional().describe("Promote, switch back: the release's number"),
  cleanBuild: z
    .boolean()
    .optional()
    .describe(
      "Whether to build without what builds before it have kept; false if left out. Refused where nothing is built",
    ),
  markBad: z
    .boolean()
    .optional()
    .describe("Switch back: whether the release that is left is marked as bad; true if left out"),
  incident: z
    .int()
    .positive()
    .optional()
    .describe("The number of the incident that it is to end, while that goes on"),
  instances: instances
    .nullish()
    .describe("Scale, configure: how many, or null for the number in the release's own settings"),
  variables: variables
    .optional()
    .describe("Configure: values to set by name, null for each to remove; what is left out stays"),
  secrets: secrets
    .optional()
    .describe("Configure: values that nobody reads again, by name, null for each to remove; the rest stays"),
  version: count
    .optional()
    .describe("Scale, configure: refuse unless this is still the newest version; 0 while there is none"),
  scheduledFor: text
    .optional()
    .describe("ISO 8601 with its zone, at most 90 days ahead; now if left out. Not for a switch-back"),
  announce: z
    .boolean()
    .optional()
    .describe("Whether channels that are told beforehand are told of it now; false if left out"),
});

export const deploymentOperations = [
  operation({
    id: "listDeployments",
    method: "GET",
    path: "/services/{slug}/deployments",
    summary: "Deployments of a service, newest first",
    needs: "read",
    about: "service",
    params: z.object({ slug }),
    query: z.strictObject({
      environment: slug.optional(),
      status: z.enum(deploymentStatuses).optional(),
      before: id.optional().describe("`nextBefore` of the page before"),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
    answer: z.object({ items: z.array(deploymentAnswer), nextBefore: z.int().nullable() }),
    async handle({ verb, portalUrl }, { slug: serviceSlug, environment, status, before, limit }) {
      await getService(verb, serviceSlug);
      const statuses = status === undefined ? undefined : [status];
      const filter = { serviceSlug, environmentSlug: environment, statuses, before, limit };
      const { items, nextBefore } = await listDeployments(verb, filter);
      return { items: items.map((brief) => toDeployment(brief, portalUrl)), nextBefore };
    },
  }),
  operation({
    id: "requestDeployment",
    method: "POST",
    path: "/services/{slug}/deployments",
    summary: "Ask for a deployment",
    needs: "deploy",
    about: "service",
    params: z.object({ slug }),
    body: wish,
    answer: deploymentDetailAnswer,
    status: 201,
    async handle(asked, { slug: serviceSlug, environment, kind, sha, release, ...given }) {
      const {
        instances,
        variables,
        secrets,
        version: baseVersion,
        markBad,
        scheduledFor,
        cleanBuild,
        announce,
        incident: fixesIncidentId,
      } = given;
      const change =
        instances === undefined && variables === undefined && secrets === undefined
          ? undefined
          : { instances, variables, secrets };
      const requested = await requestDeployment(
        asked.verb,
        {
          ...{ serviceSlug, environmentSlug: environment, kind },
          ...{
            sha,
            releaseNumber: release,
            markBad,
            change,
            baseVersion,
            scheduledFor,
            cleanBuild,
            announce,
            fixesIncidentId,
          },
        },
        asked.installation,
      );
      return readDeployment(asked, requested.id);
    },
  }),
  operation({
    id: "getDeployment",
    method: "GET",
    path: "/deployments/{id}",
    summary: "A deployment and its steps",
    needs: "read",
    about: "deployment",
    params: z.object({ id }),
    answer: deploymentDetailAnswer,
    handle: (asked, input) => readDeployment(asked, input.id),
  }),
  operation({
    id: "cancelDeployment",
    method: "POST",
    path: "/deployments/{id}/cancel",
    summary: "Cancel a deployment that has not switched traffic yet",
    needs: "deploy",
    about: "deployment",
    params: z.object({ id }),
    body: z.strictObject({}),
    answer: deploymentDetailAnswer,
    async handle(asked, input) {
      await cancel(asked.verb, { deploymentId: input.id });
      return readDeployment(asked, input.id);
    },
  }),
  operation({
    id: "changeCanary",
    method: "POST",
    path: "/deployments/{id}/canary",
    summary: "Change how much of the traffic a canary takes, or for how long; 0 seconds send everything",
    needs: "deploy",
    about: "deployment",
    params: z.object({ id }),
    body: z.strictObject({
      share: z.number().min(leastShare).max(mostShare).optional().describe("0.01 to 0.99"),
      forSeconds: z
        .number()
        .min(0)
        .max(longestCanaryMs / 1_000)
        .optional()
        .describe("From now"),
    }),
    answer: deploymentDetailAnswer,
    async handle(asked, { id: deploymentId, share, forSeconds }) {
      const forMs = forSeconds === undefined ? undefined : forSeconds * 1_000;
      await changeCanary(asked.verb, { deploymentId, share, forMs });
      return readDeployment(asked, deploymentId);
    },
  }),
  operation({
    id: "readLog",
    method: "GET",
    path: "/deployments/{id}/log",
    summary: "The log of a deployment so far, as text with ANSI sequences",
    needs: "read",
    about: "deployment",
    params: z.object({ id }),
    answer: null,
    async handle({ verb }, input) {
      await getDeployment(verb, input.id);
      const log = Readable.toWeb(
        Readable.from(streamLog(verb, { deploymentId: input.id, isPlain: false }), { objectMode: false }),
      );
      return new Response(log as ReadableStream<Uint8Array>, {
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
    },
  }),
];

async function readDeployment(
  { verb, portalUrl }: Asked,
  deploymentId: number,
): Promise<z.input<typeof deploymentDetailAnswer>> {
  const deployment = await getDeployment(verb, deploymentId);
  const { steps, conditions, overrideReason } = deployment;
  const waitingFor = (await readQueuePlace(verb, deployment))?.waitingFor ?? null;
  const canary = await readCanaryOf(verb, deployment);
  return { ...toDeployment(deployment, portalUrl), waitingFor, steps, conditions, overrideReason, canary };
}
