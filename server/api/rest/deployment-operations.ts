import { Readable } from "node:stream";
import { z } from "zod";
import { deploymentStatuses } from "#server/domain/deployment.ts";
import { plannableKinds } from "#server/domain/read-models.ts";
import { requestDeployment } from "#server/flows/request-deployment.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { listDeployments } from "#server/services/deployments/list-deployments.ts";
import { streamLog } from "#server/services/deployments/stream-log.ts";
import { getService } from "#server/services/services/get-service.ts";
import { slug, text } from "../schemas.ts";
import { deploymentAnswer, deploymentDetailAnswer, toDeployment } from "./answers.ts";
import { type Asked, operation } from "./operation.ts";

const largestId = Number.MAX_SAFE_INTEGER;
const id = z.coerce.number().int().positive().max(largestId);
const wish = z.strictObject({
  environment: slug,
  kind: z.enum(plannableKinds).default("deploy"),
  sha: text
    .optional()
    .describe("Deploy, roll forward: the commit; the newest of the default branch if left out"),
  release: z.int().positive().optional().describe("Promote, switch back: the release's number"),
  cleanBuild: z
    .boolean()
    .optional()
    .describe("Whether to build without what builds before it have kept; false if left out"),
  markBad: z
    .boolean()
    .optional()
    .describe("Switch back: whether the release that is left is marked as bad; true if left out"),
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
    async handle(asked, { slug: serviceSlug, environment, kind, sha, release, cleanBuild, markBad }) {
      demandMeaning(kind, { sha, release, cleanBuild, markBad });
      const requested = await requestDeployment(
        asked.verb,
        { serviceSlug, environmentSlug: environment, kind, sha, releaseNumber: release, cleanBuild, markBad },
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
      const log = Readable.toWeb(Readable.from(streamLog(verb, input.id), { objectMode: false }));
      return new Response(log as ReadableStream<Uint8Array>, {
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
    },
  }),
];

/** What would be passed over in silence is refused instead. */
function demandMeaning(
  kind: (typeof plannableKinds)[number],
  {
    sha,
    release,
    cleanBuild,
    markBad,
  }: Pick<z.output<typeof wish>, "sha" | "release" | "cleanBuild" | "markBad">,
): void {
  const takesRelease = kind === "promote" || kind === "switch-back";
  if (release !== undefined && !takesRelease) {
    throw new ValidationError(`With \`${kind}\`, name the commit by \`sha\` instead.`, "release");
  }
  if (cleanBuild !== undefined && takesRelease) {
    throw new ValidationError(`A \`${kind}\` ships what was built before.`, "cleanBuild");
  }
  if (markBad !== undefined && kind !== "switch-back") {
    throw new ValidationError("Only a switch-back leaves a release that can be marked as bad.", "markBad");
  }
  if (sha !== undefined && kind === "switch-back") {
    throw new ValidationError("With `switch-back`, name the release by `release` instead.", "sha");
  }
}

async function readDeployment(
  { verb, portalUrl }: Asked,
  deploymentId: number,
): Promise<z.input<typeof deploymentDetailAnswer>> {
  const deployment = await getDeployment(verb, deploymentId);
  const { steps, conditions, overrideReason } = deployment;
  return { ...toDeployment(deployment, portalUrl), steps, conditions, overrideReason };
}
