import { z } from "zod";
import type { ConfigurationView } from "#server/domain/configuration-views.ts";
import { endHoldback } from "#server/flows/end-holdback.ts";
import { markRelease } from "#server/flows/mark-release.ts";
import { readConfigurationView } from "#server/flows/read-configuration-view.ts";
import { readServicePage } from "#server/flows/read-service-page.ts";
import { updateService } from "#server/flows/update-service.ts";
import { UnauthenticatedError } from "#server/kernel/errors.ts";
import { listServices } from "#server/services/services/list-services.ts";
import { slug, text } from "../schemas.ts";
import { configurationAnswer, serviceAnswer, serviceDetailAnswer, whoamiAnswer } from "./answers.ts";
import { type Asked, operation } from "./operation.ts";

export const serviceOperations = [
  operation({
    id: "whoami",
    method: "GET",
    path: "/whoami",
    summary: "What this token is and may do",
    needs: "any token",
    about: "list",
    answer: whoamiAnswer,
    async handle({ token }) {
      if (token === null) throw new UnauthenticatedError("Send a token.");
      const { id, name, permissions, services } = token.actor;
      const expiresAt = token.expiresAt.toISOString();
      return { id, name, permissions: [...permissions], services: services && [...services], expiresAt };
    },
  }),
  operation({
    id: "listServices",
    method: "GET",
    path: "/services",
    summary: "The services that this token is for",
    needs: "read",
    about: "list",
    answer: z.object({ items: z.array(serviceAnswer) }),
    async handle({ verb, token }) {
      const allowed = token?.actor.services ?? null;
      const services = await listServices(verb);
      return { items: services.filter((service) => allowed === null || allowed.includes(service.slug)) };
    },
  }),
  operation({
    id: "getService",
    method: "GET",
    path: "/services/{slug}",
    summary: "A service, and what is live in each environment",
    needs: "read",
    about: "service",
    params: z.object({ slug }),
    answer: serviceDetailAnswer,
    handle: (asked, input) => readService(asked, input.slug),
  }),
  operation({
    id: "getConfiguration",
    method: "GET",
    path: "/services/{slug}/configuration",
    summary: "What is configured in an environment, with its plain values; change it by a deployment",
    needs: "deploy",
    about: "service",
    params: z.object({ slug }),
    query: z.strictObject({ environment: slug }),
    answer: configurationAnswer,
    async handle({ verb }, { slug: serviceSlug, environment: environmentSlug }) {
      const view = await readConfigurationView(verb, { slug: serviceSlug, environmentSlug });
      const { newest, running, environment } = view;
      return {
        environment: environment.slug,
        version: newest?.version ?? 0,
        runningVersion: running?.version ?? 0,
        instances: newest?.instances ?? null,
        variables: newest?.variables ?? {},
        secrets: secretsOf(view),
        madeAt: newest?.madeAt ?? null,
      };
    },
  }),
  operation({
    id: "updateService",
    method: "PATCH",
    path: "/services/{slug}",
    summary: "Change a service's name or team; what is left out stays",
    needs: "manageServices",
    about: "service",
    params: z.object({ slug }),
    body: z.strictObject({ name: text.optional(), team: text.nullish() }),
    answer: serviceDetailAnswer,
    async handle(asked, input) {
      await updateService(asked.verb, input, asked.installation);
      return readService(asked, input.slug);
    },
  }),
  operation({
    id: "endHoldback",
    method: "POST",
    path: "/services/{slug}/holdback/end",
    summary: "Send what stays with the release before to the live one, too",
    needs: "deploy",
    about: "service",
    params: z.object({ slug }),
    body: z.strictObject({ environment: slug }),
    answer: serviceDetailAnswer,
    async handle(asked, { slug: serviceSlug, environment: environmentSlug }) {
      await endHoldback(asked.verb, { slug: serviceSlug, environmentSlug });
      return readService(asked, serviceSlug);
    },
  }),
  operation({
    id: "markRelease",
    method: "PATCH",
    path: "/services/{slug}/releases/{number}",
    summary:
      "Mark a release as bad: no machine deploys it, and only a person takes the mark away, in the portal",
    needs: "deploy",
    about: "service",
    params: z.object({ slug, number: z.coerce.number().int().positive().max(2_147_483_647) }),
    body: z.strictObject({ badReason: text.describe("What is wrong with it") }),
    answer: z.object({ number: z.int(), sha: z.string(), badReason: z.string().nullable() }),
    handle: ({ verb }, { slug: serviceSlug, number: releaseNumber, badReason }) =>
      markRelease(verb, { serviceSlug, releaseNumber, badReason }),
  }),
];

function secretsOf({ newest, secrets }: ConfigurationView) {
  const named = secrets.filter(({ id, name }) => newest?.secrets[name] === id);
  return Object.fromEntries(
    named.map(({ name, madeAt, madeByName, revokedAt }) => [
      name,
      { setAt: madeAt, setByName: madeByName, revokedAt },
    ]),
  );
}

async function readService(
  { verb, installation }: Asked,
  serviceSlug: string,
): Promise<z.input<typeof serviceDetailAnswer>> {
  const page = await readServicePage(verb, serviceSlug, installation);
  return {
    ...page,
    environments: page.environments.map(({ environment, live, waitingCommits, links }) => ({
      ...environment,
      url: links.url,
      live: live === null ? null : { release: live.number, sha: live.sha, since: live.since },
      waitingCommits,
    })),
  };
}
