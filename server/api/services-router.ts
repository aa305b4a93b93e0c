import { z } from "zod";
import { bylines } from "#server/domain/feed.ts";
import { endHoldback } from "#server/flows/end-holdback.ts";
import { inspectRepository } from "#server/flows/inspect-repository.ts";
import { listServiceReleases } from "#server/flows/list-service-releases.ts";
import { listWaitingCommits } from "#server/flows/list-waiting-commits.ts";
import { lookForReleases } from "#server/flows/look-for-releases.ts";
import { markRelease } from "#server/flows/mark-release.ts";
import { pauseTrafficOf, resumeTrafficOf } from "#server/flows/pause-traffic.ts";
import { readNewestSettings } from "#server/flows/read-newest-settings.ts";
import { readServicePage } from "#server/flows/read-service-page.ts";
import { registerService } from "#server/flows/register-service.ts";
import { removeService } from "#server/flows/remove-service.ts";
import { setAutomation } from "#server/flows/set-automation.ts";
import { setMirrorOf } from "#server/flows/set-mirror.ts";
import { updateService } from "#server/flows/update-service.ts";
import { listEnvironments } from "#server/services/services/list-environments.ts";
import { listServices } from "#server/services/services/list-services.ts";
import { pauseAutomation, resumeAutomation } from "#server/services/services/pause-automation.ts";
import { setPublicity } from "#server/services/services/set-publicity.ts";
import { setSuperseding } from "#server/services/services/set-superseding.ts";
import { setWorkerLabel } from "#server/services/services/set-worker-label.ts";
import { permitted, router } from "./procedures.ts";
import { count, limit, slug, text, typedSettings } from "./schemas.ts";

const place = { slug, environmentSlug: slug };

const newService = z.object({
  slug: text,
  name: text,
  team: text.nullish(),
  repositoryUrl: text,
  defaultBranch: text.optional(),
  settingsPath: text.optional(),
  credentialId: z.uuid().optional(),
  typedSettings: typedSettings.nullish(),
  environmentSlugs: z.array(slug).max(50).optional(),
});

const changes = z.object({
  slug,
  name: text.optional(),
  team: text.nullish(),
  defaultBranch: text.optional(),
  repositoryUrl: text.optional(),
  settingsPath: text.optional(),
  credentialId: z.uuid().optional(),
  typedSettings: typedSettings.nullish(),
});

export const servicesRouter = router({
  list: permitted("read").query(async ({ ctx }) => {
    const services = await listServices(ctx.verb);
    return services.map(({ removalRequestedAt: _, ...service }) => service);
  }),
  environments: permitted("read").query(({ ctx }) => listEnvironments(ctx.verb)),
  get: permitted("read")
    .input(z.object({ slug }))
    .query(({ ctx, input }) => readServicePage(ctx.verb, input.slug, ctx.installation)),
  releases: permitted("read")
    .input(z.object({ slug, before: count.optional(), limit: limit(100, 20) }))
    .query(({ ctx, input }) => listServiceReleases(ctx.verb, input)),
  waitingCommits: permitted("read")
    .input(z.object({ slug, environmentSlug: slug, limit: limit(200, 50) }))
    .query(({ ctx, input }) => listWaitingCommits(ctx.verb, input, ctx.installation)),
  settings: permitted("read")
    .input(z.object({ slug, environmentSlug: slug }))
    .query(({ ctx, input }) => readNewestSettings(ctx.verb, input, ctx.installation)),
  inspectRepository: permitted("manageServices")
    .input(
      z.object({
        repositoryUrl: text,
        branch: text.optional(),
        settingsPath: text.optional(),
        credentialId: z.uuid().optional(),
      }),
    )
    .mutation(({ ctx, input }) => inspectRepository(ctx.verb, input, ctx.installation)),
  register: permitted("manageServices")
    .input(newService)
    .mutation(({ ctx, input }) => registerService(ctx.verb, input, ctx.installation)),
  update: permitted("manageServices")
    .input(changes)
    .mutation(({ ctx, input }) => updateService(ctx.verb, input, ctx.installation)),
  setSuperseding: permitted("manageServices")
    .input(z.object({ slug, environmentSlug: slug, supersedesWaiting: z.boolean() }))
    .mutation(({ ctx, input }) => setSuperseding(ctx.verb, input)),
  setPublicity: permitted("manageServices")
    .input(z.object({ slug, isPublic: z.boolean(), byline: z.enum(bylines), contact: text.nullable() }))
    .mutation(({ ctx, input: { slug, ...publicity } }) => setPublicity(ctx.verb, slug, publicity)),
  markRelease: permitted("deploy")
    .input(z.object({ slug, releaseNumber: count.positive(), badReason: text.nullable() }))
    .mutation(({ ctx, input: { slug, ...named } }) => markRelease(ctx.verb, { serviceSlug: slug, ...named })),
  setAutomation: permitted("manageServices")
    .input(
      z.object({
        ...place,
        branch: text.nullable(),
        promotesAfterMinutes: z.number().nullable(),
      }),
    )
    .mutation(({ ctx, input }) => setAutomation(ctx.verb, input, ctx.installation)),
  pauseAutomation: permitted("deploy")
    .input(z.object(place))
    .mutation(({ ctx, input }) => pauseAutomation(ctx.verb, input)),
  resumeAutomation: permitted("deploy")
    .input(z.object(place))
    .mutation(({ ctx, input }) => resumeAutomation(ctx.verb, input)),
  pauseTraffic: permitted("deploy")
    .input(z.object({ ...place, seconds: z.number() }))
    .mutation(({ ctx, input }) => pauseTrafficOf(ctx.verb, input)),
  resumeTraffic: permitted("deploy")
    .input(z.object(place))
    .mutation(({ ctx, input }) => resumeTrafficOf(ctx.verb, input)),
  endHoldback: permitted("deploy")
    .input(z.object(place))
    .mutation(({ ctx, input }) => endHoldback(ctx.verb, input)),
  setMirror: permitted("manageServices")
    .input(
      z.object({
        ...place,
        mirror: z.object({ to: slug, share: z.number(), strip: z.array(text).max(100) }).nullable(),
      }),
    )
    .mutation(({ ctx, input }) => setMirrorOf(ctx.verb, input)),
  lookForReleases: permitted("deploy")
    .input(z.object(place))
    .mutation(({ ctx, input }) => lookForReleases(ctx.verb, input, ctx.installation)),
  setWorkerLabel: permitted("manageServices")
    .input(z.object({ slug, environmentSlug: slug, workerLabel: text.nullable() }))
    .mutation(({ ctx, input }) => setWorkerLabel(ctx.verb, input)),
  remove: permitted("manageServices")
    .input(z.object({ slug, confirmSlug: text }))
    .mutation(({ ctx, input }) => removeService(ctx.verb, input)),
});
