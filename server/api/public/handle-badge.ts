import { z } from "zod";
import { NotFoundError } from "#server/kernel/errors.ts";
import { readPublicLive } from "#server/services/feed/read-public-live.ts";
import { answerPublic, parseQuery } from "./answer-public.ts";

/**
 * Which release is live, for https://shields.io/badges/endpoint-badge, which refuses any other key. A slug needs no
 * encoding, so that what is encoded names nothing.
 */
export function handleBadge(request: Request): Promise<Response> {
  return answerPublic(request, async ({ ctx, url }) => {
    parseQuery(url, z.object({}));
    const [serviceSlug = "", environmentSlug = ""] = url.pathname.split("/").slice(3);
    const [live] = await readPublicLive(ctx, { serviceSlug, environmentSlug });
    if (live === undefined) throw new NotFoundError("There is no such badge.");
    const { environment, release } = live;
    const body = JSON.stringify({
      schemaVersion: 1,
      label: environment.name.toLowerCase(),
      message: release === null ? "not deployed" : `#${release}`,
      color: release === null ? "lightgrey" : "brightgreen",
      isError: false,
      cacheSeconds: 300,
    });
    return { mediaType: "application/json; charset=utf-8", body };
  });
}
