import { type FeedKind, feedKinds } from "./feed.ts";

/** What a page of the feed is narrowed to, as it stands in its address. */
export interface FeedQuery {
  service?: string | undefined;
  environment?: string | undefined;
  kind?: FeedKind | undefined;
  text?: string | undefined;
  /** The last line of the page before. */
  before?: string | undefined;
}

const longestSearch = 200;

/** What makes no sense is left out, and so is what is empty: a form sends all of its fields. */
export function readFeedQuery(
  asked: Record<string, string | string[] | undefined>,
  service?: string,
): FeedQuery {
  const first = (name: string) => {
    const value = asked[name];
    const text = (Array.isArray(value) ? value[0] : value)?.trim().replaceAll("\0", "");
    return text === "" ? undefined : text;
  };
  return {
    service: service ?? first("service"),
    environment: first("environment"),
    kind: feedKinds.find((candidate) => candidate === first("kind")),
    text: first("text")?.slice(0, longestSearch),
    before: first("before"),
  };
}
