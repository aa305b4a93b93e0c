import { z } from "zod";
import { feedKindNames, feedKinds } from "#server/domain/feed.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { listPublicPlaces, readPublicFeed } from "#server/services/feed/read-public-feed.ts";
import { slug } from "../schemas.ts";
import { feedFileUrl, feedPageUrl } from "./addresses.ts";
import { answerPublic, type PublicAsked, parseQuery } from "./answer-public.ts";
import { type FeedDocument, feedEntry } from "./feed-entry.ts";
import { type FeedFormat, writeFeed } from "./write-feed.ts";

const querySchema = z.object({
  service: slug.optional(),
  environment: slug.optional(),
  kind: z.enum(feedKinds).optional(),
});
type Query = z.output<typeof querySchema>;

const mostEntries = 50;

/** The public feed as a file to subscribe to: `?service=`, `environment=` and `kind=` narrow it. */
export function feedHandler(format: FeedFormat): (request: Request) => Promise<Response> {
  return (request) =>
    answerPublic(request, async (asked) => writeFeed[format](await readDocument(asked, format)));
}

async function readDocument({ ctx, url, portalUrl }: PublicAsked, format: FeedFormat): Promise<FeedDocument> {
  const query = parseQuery(url, querySchema);
  const title = await titleOf(ctx, query);
  const { items } = await readPublicFeed(ctx, {
    serviceSlug: query.service,
    environmentSlug: query.environment,
    kind: query.kind,
    limit: mostEntries,
  });
  const entries = items.map((item) => feedEntry(item, portalUrl));
  return {
    title,
    pageUrl: feedPageUrl(portalUrl, query),
    fileUrl: feedFileUrl(portalUrl, format, query),
    // Of the lines and not of the clock: what has not changed is the same file.
    updated: new Date(Math.max(0, ...entries.map(({ updated }) => updated.getTime()))),
    entries,
  };
}

/** NotFoundError where it is narrowed to what is not public, in the words for what does not exist. */
async function titleOf(ctx: Context, { service, environment, kind }: Query): Promise<string> {
  const { services, environments } = await listPublicPlaces(ctx);
  const places = [nameIn(services, service), nameIn(environments, environment)];
  const words = [...places, kind === undefined ? null : feedKindNames[kind]];
  return ["What is new", ...words.filter((word) => word !== null)].join(" – ");
}

function nameIn(places: { slug: string; name: string }[], asked: string | undefined): string | null {
  if (asked === undefined) return null;
  const found = places.find((place) => place.slug === asked);
  if (found === undefined) throw new NotFoundError("There is no such feed.");
  return found.name;
}
