import type { FeedQuery } from "#server/domain/feed-query.ts";
import type { PlannableKind } from "#server/domain/read-models.ts";

/** Every URL of the portal: a page that moves is changed here and in app/, and nowhere else. */

/** What insights are about; see server/api/insight-query.ts. */
export type InsightPathQuery = Partial<
  Record<"environment" | "team" | "service" | "range" | "from" | "to", string | undefined>
>;

type QueryValue = string | number | undefined;

export const paths = {
  overview: () => "/",
  services: () => "/services",
  newService: () => "/services/new",
  service: (slug: string) => `/services/${encodeURIComponent(slug)}`,
  configuration: (slug: string, environment: string) =>
    withQuery(paths.service(slug), { tab: "configuration", environment }),
  /** `kind` as in a deployment plan; `commit` a SHA, or `release` a number, chosen beforehand; `incident` is what it is to end. */
  deploy: (
    slug: string,
    environment: string,
    query: { kind?: PlannableKind; commit?: string; release?: number; incident?: number } = {},
  ) => withQuery(`${paths.service(slug)}/deploy`, { environment, ...query }),
  deployments: (query: { service?: string; environment?: string; status?: string } = {}) =>
    withQuery("/deployments", query),
  deployment: (slug: string, id: number) => `${paths.service(slug)}/deployments/${id}`,
  /** Where a deployment's note is written. */
  deploymentNote: (slug: string, id: number) => `${paths.deployment(slug, id)}#note`,
  instance: (slug: string, id: number) => `${paths.service(slug)}/instances/${id}`,
  release: (slug: string, number: number) => `${paths.service(slug)}/releases/${number}`,
  review: (deploymentId: number) => `/review/${deploymentId}`,
  reviews: () => "/reviews",
  incidents: () => "/incidents",
  incident: (id: number) => `/incidents/${id}`,
  recoveries: () => "/recoveries",
  insights: (query: InsightPathQuery = {}) => withQuery("/insights", { ...query }),
  insightsFile: (format: "csv" | "json", query: InsightPathQuery) =>
    withQuery("/api/insights/export", { format, ...query }),
  workers: () => "/workers",
  audit: () => "/settings/audit",
  tokens: () => "/settings/tokens",
  /** `problem` is the word for why a provider was not connected. */
  settings: (query: { problem?: string } = {}) => withQuery("/settings", query),
  members: () => "/settings/members",
  teams: () => "/settings/teams",
  channels: (query: { make?: string } = {}) => withQuery("/settings/channels", query),
  channel: (id: number) => `/settings/channels/${id}`,
  /** What everybody may read; of one service where `service` is its slug. */
  feed: ({ service, ...query }: FeedQuery = {}) =>
    withQuery(service === undefined ? "/feed" : `/feed/${encodeURIComponent(service)}`, query),
  feedItem: (id: string) => `/feed/item/${id}`,
  internalFeed: (query: FeedQuery = {}) => withQuery("/internal-feed", { ...query }),
  feedFile: (format: "rss" | "atom" | "json", query: { service?: string | undefined } = {}) =>
    withQuery(`/api/feed.${format}`, query),
  /** Where a picture for a note of this service is sent. */
  notePictures: (service: string) => withQuery("/api/note-pictures", { service }),
  notePicture: (id: string) => `/api/note-pictures/${id}`,
  feedLive: (query: { after?: string } = {}) => withQuery("/api/feed/live", query),
  /** What came of a form about mails of the feed. */
  subscriptions: () => "/subscriptions",
  /** Where the forms go. */
  askForMails: () => "/api/subscriptions",
  confirmMails: () => "/api/subscriptions/confirm",
  endMails: (token: string) => `/api/subscriptions/end/${encodeURIComponent(token)}`,
  summary: () => "/api/summary.json",
  badge: (service: string, environment: string) =>
    `/api/badges/${encodeURIComponent(service)}/${encodeURIComponent(environment)}`,
  signIn: (returnTo?: string) => withQuery("/sign-in", { return: returnTo }),
  setup: () => "/setup",
  join: () => "/join",
  rawLog: (deploymentId: number, query: { download?: ""; plain?: "" } = {}) =>
    withQuery(`/api/deployments/${deploymentId}/log`, query),
  nextPool: (serviceEnvironmentId: number) => `/api/service-environments/${serviceEnvironmentId}/next-pool`,
  auditExport: (query: { format: "csv" | "jsonl"; [name: string]: string | undefined }) =>
    withQuery("/api/audit/export", query),
  live: () => "/api/live",
} as const;

function withQuery(path: string, query: Record<string, QueryValue>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}
