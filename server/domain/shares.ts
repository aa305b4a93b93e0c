import { z } from "zod";
import type { DeploymentKind } from "./deployment.ts";
import type { PoolColor } from "./pools.ts";

/** How traffic is divided while two releases of a service environment are served side by side. */

/** By what a visitor is told from another; who has none of it is drawn for anew with each request. */
export const stickySchema = z.strictObject({
  by: z.enum(["header", "cookie"]),
  name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, "Write the name of a header or a cookie."),
});
export type Sticky = z.output<typeof stickySchema>;

/** What a new release is given before all of it. */
export interface CanarySettings {
  /** 0 to 1. */
  share: number;
  forMs: number;
  sticky: Sticky | null;
}

/** What the release before keeps afterwards. */
export interface HoldbackSettings {
  share: number;
  forMs: number;
}

/** The pool beside the live one that takes a share of the traffic. */
export interface Shared {
  pool: PoolColor;
  share: number;
  sticky: Sticky | null;
  /** Set where it is the release before, held back until then; null where it is a canary. */
  until: string | null;
}

/** What routers counted of one release beside another. */
export interface SideCounts {
  requests: number;
  clientErrors: number;
  /** Answered 5xx, by the release or in its place. */
  serverErrors: number;
  aborted: number;
  /** Null where nothing was counted. */
  p50Ms: number | null;
  p99Ms: number | null;
}

export const noSide: SideCounts = {
  ...{ requests: 0, clientErrors: 0, serverErrors: 0, aborted: 0 },
  ...{ p50Ms: null, p99Ms: null },
};

export const longestCanaryMs = 7 * 24 * 3_600_000;
export const leastShare = 0.01;
export const mostShare = 0.99;

/** `10 %` */
export function shareText(share: number): string {
  return `${percentText(share)} %`;
}

/** `10` */
export function percentText(share: number): string {
  return String(Number((share * 100).toFixed(1)));
}

/** `each request by itself`, or by what visitors are told apart. */
export function stickyText(sticky: Sticky | null): string {
  return sticky === null ? "each request by itself" : `visitors by the ${sticky.by} ${sticky.name}`;
}

const newKinds: readonly DeploymentKind[] = ["deploy", "promote", "roll-forward", "configure"];

/**
 * Why a deployment moves all traffic at once, in words; null where it begins with a share. What goes back, starts anew
 * or grows is known already; and where what is live is bad, a share would leave most users with it.
 */
export function whyNoShare({
  kind,
  former,
}: {
  kind: DeploymentKind;
  /** What is live before; `isElsewhere` where it does not run behind routers. */
  former: { isBad: boolean; isElsewhere: boolean } | null;
}): string | null {
  if (!newKinds.includes(kind)) return "it ships what has served before";
  if (former === null) return "nothing was live before";
  if (former.isElsewhere) return "what was live does not get its traffic from the portal";
  return former.isBad ? "the release that was live is known bad" : null;
}

/**
 * Where a visitor stands between 0 and 1, the same for each request: whoever is in at 10 % is in at 50 %. Another
 * release draws other visitors.
 */
export function placeOf(releaseId: number, visitor: string): number {
  let hash = 0x811c9dc5;
  for (const unit of `${releaseId}:${visitor}`) {
    hash = Math.imul(hash ^ (unit.codePointAt(0) as number), 0x01000193);
  }
  // FNV-1a leaves the last letters in the low bits: the finalizer of MurmurHash3 spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
