import { z } from "zod";
import { type PublicLive, readPublicLive } from "#server/services/feed/read-public-live.ts";
import { feedPageUrl } from "./addresses.ts";
import { answerPublic, parseQuery } from "./answer-public.ts";

/** How public services are, in the shape of Statuspage's summary, which status boards read. */
export function handleSummary(request: Request): Promise<Response> {
  return answerPublic(request, async ({ ctx, url, portalUrl }) => {
    parseQuery(url, z.object({}));
    const components = (await readPublicLive(ctx)).flatMap(componentOf);
    const newest = components.map(({ updated_at }) => updated_at).sort();
    const page = {
      id: "anytime",
      name: "Anytime",
      url: feedPageUrl(portalUrl),
      updated_at: newest.at(-1) ?? new Date(0).toISOString(),
    };
    return {
      mediaType: "application/json; charset=utf-8",
      body: JSON.stringify({ page, components, incidents: [] }),
    };
  });
}

/** Nothing is said of a place where nothing is live. */
function componentOf({ service, environment, release, since }: PublicLive) {
  if (release === null || since === null) return [];
  return [
    {
      id: `${service.slug}/${environment.slug}`,
      name: `${service.name} – ${environment.name}`,
      status: "operational",
      updated_at: since,
    },
  ];
}
