import { z } from "zod";
import { readConfigurationHistory } from "#server/flows/read-configuration-history.ts";
import { readConfigurationView } from "#server/flows/read-configuration-view.ts";
import { saveFirstConfiguration } from "#server/flows/save-first-configuration.ts";
import { revokeSecret } from "#server/services/services/revoke-secret.ts";
import { permitted, router } from "./procedures.ts";
import { configurationChange, count, id, limit, slug } from "./schemas.ts";

const place = z.object({ slug, environmentSlug: slug });

/** Who may change a configuration may read its values, and nobody else. */
export const configurationsRouter = router({
  get: permitted("deploy")
    .input(place)
    .query(({ ctx, input }) => readConfigurationView(ctx.verb, input)),
  history: permitted("deploy")
    .input(place.extend({ cursor: count.nullish(), limit: limit(50, 10) }))
    .query(({ ctx, input: { cursor, ...input } }) =>
      readConfigurationHistory(ctx.verb, { ...input, before: cursor ?? undefined }),
    ),
  save: permitted("deploy")
    .input(place.extend({ change: configurationChange, baseVersion: count }))
    .mutation(({ ctx, input }) => saveFirstConfiguration(ctx.verb, input, ctx.installation)),
  revokeSecret: permitted("deploy")
    .input(place.extend({ secretId: id }))
    .mutation(({ ctx, input }) => revokeSecret(ctx.verb, input)),
});
