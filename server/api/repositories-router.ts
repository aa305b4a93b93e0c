import { z } from "zod";
import { readRepositoryAccess } from "#server/flows/read-repository-access.ts";
import { removeRepositoryAccess } from "#server/flows/remove-repository-access.ts";
import { updateService } from "#server/flows/update-service.ts";
import { confirmHost } from "#server/services/repositories/confirm-host.ts";
import { keepToken } from "#server/services/repositories/keep-token.ts";
import { makeDeployKey } from "#server/services/repositories/make-deploy-key.ts";
import { hostViewOf, readHost } from "#server/services/repositories/read-host.ts";
import { scanHost } from "#server/services/repositories/scan-host.ts";
import { permitted, router } from "./procedures.ts";
import { slug, text } from "./schemas.ts";

const repositoryUrl = text;

/** Access to private repositories. Secrets are written and never read. */
export const repositoriesRouter = router({
  access: permitted("read")
    .input(z.object({ slug }))
    .query(({ ctx, input }) => readRepositoryAccess(ctx.verb, input.slug)),
  host: permitted("manageServices")
    .input(z.object({ repositoryUrl }))
    .query(async ({ ctx, input }) => hostViewOf(await readHost(ctx.verb, input.repositoryUrl))),
  scanHost: permitted("manageServices")
    .input(z.object({ repositoryUrl }))
    .query(({ ctx, input }) => scanHost(ctx.verb, input)),
  confirmHost: permitted("manageServices")
    .input(z.object({ repositoryUrl, fingerprints: z.array(text).min(1).max(10) }))
    .mutation(({ ctx, input }) => confirmHost(ctx.verb, input)),
  makeDeployKey: permitted("manageServices")
    .input(z.object({ repositoryUrl }))
    .mutation(({ ctx, input }) => makeDeployKey(ctx.verb, ctx.installation.sealingKeys, input)),
  keepToken: permitted("manageServices")
    .input(z.object({ repositoryUrl, username: text, token: text }))
    .mutation(({ ctx, input }) => keepToken(ctx.verb, ctx.installation.sealingKeys, input)),
  use: permitted("manageServices")
    .input(z.object({ slug, credentialId: z.uuid() }))
    .mutation(({ ctx, input }) => updateService(ctx.verb, input, ctx.installation)),
  remove: permitted("manageServices")
    .input(z.object({ slug }))
    .mutation(({ ctx, input }) => removeRepositoryAccess(ctx.verb, input.slug)),
});
