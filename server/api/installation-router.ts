import { z } from "zod";
import { forgetWorker } from "#server/flows/forget-worker.ts";
import { readWorkersPage } from "#server/flows/read-workers-page.ts";
import { removeTour } from "#server/flows/remove-tour.ts";
import { areRightsSeparate } from "#server/services/audit/are-rights-separate.ts";
import { listUnreadableChannels } from "#server/services/broadcast/list-unreadable-channels.ts";
import { listUnreadable } from "#server/services/repositories/list-unreadable.ts";
import { listServices } from "#server/services/services/list-services.ts";
import { listUnreadableSecrets } from "#server/services/services/reseal-secrets.ts";
import { showEnvironment } from "#server/services/services/show-environment.ts";
import { countSubscriptions } from "#server/services/subscriptions/count-subscriptions.ts";
import { forgetRouter } from "#server/services/traffic/forget-router.ts";
import { permitted, router } from "./procedures.ts";
import { id, slug } from "./schemas.ts";

export const installationRouter = router({
  facts: permitted("read").query(async ({ ctx }) => {
    const { workers, routers } = await readWorkersPage(ctx.verb);
    const services = await listServices(ctx.verb);
    const tour = services.find((service) => service.isTour && service.removalRequestedAt === null);
    return {
      portalUrl: ctx.portalUrl,
      routerPort: ctx.installation.routerPort,
      localRepositoriesFolder: ctx.allowedLocalRepositories[0] ?? null,
      workersAlive: workers.filter((worker) => worker.isAlive).length,
      routersAlive: routers.filter((candidate) => candidate.isAlive).length,
      isolation: workers.flatMap(({ name, isAlive, isolation }) =>
        isAlive && isolation !== null ? { worker: name, ...isolation } : [],
      ),
      unreadableSecrets: await listUnreadable(ctx.verb, ctx.installation.sealingKeys),
      unreadableChannels: await listUnreadableChannels(ctx.verb, ctx.installation.sealingKeys),
      unreadableServiceSecrets: await listUnreadableSecrets(ctx.verb, ctx.installation.sealingKeys),
      hasMailServer: ctx.hasMailServer,
      subscriptions: await countSubscriptions(ctx.verb),
      isAuditSeparate: await areRightsSeparate(ctx.verb),
      tour: tour === undefined ? null : { serviceSlug: tour.slug },
    };
  }),
  showEnvironment: permitted("manageInstallation")
    .input(z.object({ slug, isShown: z.boolean() }))
    .mutation(({ ctx, input }) => showEnvironment(ctx.verb, input)),
});

export const workersRouter = router({
  list: permitted("read").query(({ ctx }) => readWorkersPage(ctx.verb)),
  forget: permitted("manageInstallation")
    .input(z.object({ workerId: id, withInstances: z.boolean().default(false) }))
    .mutation(({ ctx, input }) => forgetWorker(ctx.verb, input)),
  forgetRouter: permitted("manageInstallation")
    .input(z.object({ routerId: z.uuid() }))
    .mutation(({ ctx, input }) => forgetRouter(ctx.verb, input)),
});

export const tourRouter = router({
  remove: permitted("manageServices")
    .input(z.void())
    .mutation(({ ctx }) => removeTour(ctx.verb, ctx.installation)),
});
