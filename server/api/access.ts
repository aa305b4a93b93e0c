import type { Access } from "#server/domain/permissions.ts";

/**
 * What it takes to be answered, for everything that answers besides tRPC (procedures declare it in their `meta`) and
 * REST (each operation declares `needs`). What is missing here is not answered: who answers asks these tables.
 */

/** By the route's place in app/, without its groups. */
export const pageAccess = {
  "/": "read",
  "/deployments": "read",
  "/services/[slug]": "read",
  "/services/[slug]/deploy": "read",
  "/services/[slug]/deployments/[id]": "read",
  "/services/[slug]/instances/[id]": "readOutput",
  "/services/[slug]/releases/[number]": "read",
  "/services/new": "manageServices",
  "/feed": "none",
  "/feed/[slug]": "none",
  "/feed/item/[id]": "none",
  "/incidents": "read",
  "/incidents/[number]": "read",
  "/insights": "read",
  "/internal-feed": "read",
  "/join": "none",
  "/settings": "read",
  "/settings/audit": "readAudit",
  "/settings/channels": "read",
  "/settings/channels/[id]": "read",
  "/settings/members": "read",
  "/settings/teams": "read",
  "/settings/tokens": "manageTokens",
  "/recoveries": "read",
  "/review/[id]": "read",
  "/reviews": "read",
  "/setup": "none",
  "/sign-in": "none",
  "/subscriptions": "none",
  "/subscriptions/confirm/[token]": "none",
  "/subscriptions/end/[token]": "none",
  "/workers": "read",
} as const satisfies Record<string, Access>;
export type PagePattern = keyof typeof pageAccess;

/** Paths that the bare server answers itself, for a session. */
export const bareAccess = {
  "/healthz": "none",
  "/readyz": "none",
  "/api/live": "read",
  "/api/feed/live": "none",
  /** Those that a public line shows; of others the answer is as if there were none. */
  "/api/note-pictures/[uuid]": "none",
  "/api/deployments/[id]/log": "read",
  "/api/service-environments/[id]/next-pool": "read",
} as const satisfies Record<string, Access>;
export type BarePattern = keyof typeof bareAccess;

/** Handlers below app/api, and files that Next serves from app/. */
export const handlerAccess = {
  "/api/audit/export": "readAudit",
  "/api/auth/[...nextauth]": "none",
  "/api/badges/[service]/[environment]": "none",
  "/api/feed.atom": "none",
  "/api/feed.json": "none",
  "/api/feed.rss": "none",
  "/api/insights/export": "read",
  "/api/note-pictures": "deploy",
  "/api/subscriptions": "none",
  "/api/subscriptions/confirm": "none",
  "/api/subscriptions/end/[token]": "none",
  "/api/summary.json": "none",
  "/api/trpc/[trpc]": "each procedure",
  "/api/v1/[[...path]]": "each operation",
  "/icon.svg": "none",
} as const satisfies Record<string, Access | "each procedure" | "each operation">;

/**
 * What is the same for everybody, and says itself how long a cache may keep it. Whatever else is answered below /api is
 * for one session, now.
 */
const kept = [
  "/api/badges/[service]/[environment]",
  "/api/feed.atom",
  "/api/feed.json",
  "/api/feed.rss",
  "/api/summary.json",
] as const satisfies (keyof typeof handlerAccess)[];

const keptExpressions = kept.map(
  (pattern) => new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll(/\[\w+\]/g, "[^/]+")}$`),
);

export function mayBeKept(path: string): boolean {
  return keptExpressions.some((expression) => expression.test(path));
}
