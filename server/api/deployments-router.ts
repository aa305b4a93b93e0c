import { z } from "zod";
import { checkedKinds } from "#server/domain/conditions.ts";
import { deploymentKinds, deploymentStatuses } from "#server/domain/deployment.ts";
import { changeCanary } from "#server/flows/change-canary.ts";
import { listCommitsToDeploy } from "#server/flows/list-commits-to-deploy.ts";
import { planDeployment } from "#server/flows/plan-deployment.ts";
import { readCanary } from "#server/flows/read-canary.ts";
import { readDeploymentChanges } from "#server/flows/read-deployment-changes.ts";
import { readDeploymentPage } from "#server/flows/read-deployment-page.ts";
import { readDeploymentSettings } from "#server/flows/read-deployment-settings.ts";
import { requestDeployment } from "#server/flows/request-deployment.ts";
import { startScheduledNow } from "#server/flows/start-scheduled.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { listDeployments } from "#server/services/deployments/list-deployments.ts";
import { readLog } from "#server/services/deployments/read-log.ts";
import { searchLog } from "#server/services/deployments/search-log.ts";
import { permitted, router } from "./procedures.ts";
import { configurationChange, count, id, limit, slug, text } from "./schemas.ts";

const place = { serviceSlug: slug, environmentSlug: slug };
const wish = z.object({
  ...place,
  kind: z.enum(deploymentKinds),
  sha: text.optional(),
  releaseNumber: count.positive().optional(),
  overrideReason: text.optional(),
  overridden: z.array(z.enum(checkedKinds)).max(10).optional(),
  cleanBuild: z.boolean().optional(),
  markBad: z.boolean().optional(),
  fixesIncidentId: id.optional(),
  scheduledFor: text.optional(),
  announce: z.boolean().optional(),
});
/** Never part of a query: what is asked by GET stands in addresses and logs. */
const changingWish = wish.extend({
  change: configurationChange.optional(),
  baseVersion: count.optional(),
});
const filter = z.object({
  serviceSlug: slug.optional(),
  environmentSlug: slug.optional(),
  statuses: z.array(z.enum(deploymentStatuses)).max(10).optional(),
  kinds: z.array(z.enum(deploymentKinds)).max(10).optional(),
  text: text.trim().min(1).max(200).optional(),
  before: id.optional(),
  /** The name that infinite queries give `before`. */
  cursor: id.nullish(),
  limit: limit(100, 50),
});
const line = count.default(0);

export const deploymentsRouter = router({
  commits: permitted("read")
    .input(
      z.object({
        ...place,
        branch: text.optional(),
        before: text.optional(),
        limit: limit(200, 50),
        refresh: z.boolean().optional(),
      }),
    )
    .query(({ ctx, input }) => listCommitsToDeploy(ctx.verb, input, ctx.installation)),
  plan: permitted("read")
    .input(wish)
    .query(({ ctx, input }) => planDeployment(ctx.verb, input, ctx.installation)),
  request: permitted("deploy")
    .input(changingWish)
    .mutation(({ ctx, input }) => requestDeployment(ctx.verb, input, ctx.installation)),
  cancel: permitted("deploy")
    .input(z.object({ id }))
    .mutation(async ({ ctx, input }) => {
      const { status } = await cancel(ctx.verb, { deploymentId: input.id });
      return { id: input.id, status };
    }),
  canary: permitted("read")
    .input(z.object({ id }))
    .query(({ ctx, input }) => readCanary(ctx.verb, input.id)),
  changeCanary: permitted("deploy")
    .input(z.object({ id, share: z.number().optional(), forMs: z.number().optional() }))
    .mutation(({ ctx, input: { id: deploymentId, ...change } }) =>
      changeCanary(ctx.verb, { deploymentId, ...change }),
    ),
  startNow: permitted("deploy")
    .input(z.object({ id }))
    .mutation(({ ctx, input }) => startScheduledNow(ctx.verb, { deploymentId: input.id }, ctx.installation)),
  list: permitted("read")
    .input(filter)
    .query(({ ctx, input: { cursor, ...input } }) =>
      listDeployments(ctx.verb, { ...input, before: input.before ?? cursor ?? undefined }),
    ),
  get: permitted("read")
    .input(z.object({ id }))
    .query(({ ctx, input }) => readDeploymentPage(ctx.verb, input.id, ctx.installation)),
  changes: permitted("read")
    .input(z.object({ id }))
    .query(({ ctx, input }) => readDeploymentChanges(ctx.verb, input.id, ctx.installation)),
  settings: permitted("read")
    .input(z.object({ id }))
    .query(({ ctx, input }) => readDeploymentSettings(ctx.verb, input.id)),
  readLog: permitted("read")
    .input(z.object({ id, afterLine: line, limit: limit(5_000, 1_000) }))
    .query(({ ctx, input: { id, ...range } }) => readLog(ctx.verb, { deploymentId: id, ...range })),
  searchLog: permitted("read")
    .input(z.object({ id, text: text.min(1).max(500), afterLine: line, limit: limit(1_000, 1_000) }))
    .query(({ ctx, input: { id, ...search } }) => searchLog(ctx.verb, { deploymentId: id, ...search })),
});
