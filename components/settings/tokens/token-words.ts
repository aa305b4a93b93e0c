import type { Tone } from "#components/ui/tone.ts";
import {
  longestOverlapHours,
  mostTokenDays,
  type TokenRow,
  tokenPermissionWords,
} from "#server/domain/token.ts";

/** The words around tokens. */

const warnBeforeMs = 14 * 24 * 3_600_000;

export const lifetimes = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "180", label: "180 days" },
  { value: String(mostTokenDays), label: "365 days" },
] as const;
export type Lifetime = (typeof lifetimes)[number]["value"];

export const overlaps = [
  { value: "0", label: "No time: it ends at once" },
  { value: "1", label: "1 hour" },
  { value: "24", label: "1 day" },
  { value: "72", label: "3 days" },
  { value: String(longestOverlapHours), label: "7 days" },
] as const;
export type Overlap = (typeof overlaps)[number]["value"];

export function permissionsInWords({ permissions }: Pick<TokenRow, "permissions">): string {
  return permissions.map((permission) => tokenPermissionWords[permission].word).join(", ");
}

export function servicesInWords({ services }: Pick<TokenRow, "services">): string {
  return services === null ? "all services" : services.join(", ");
}

/** The lifetime that comes nearest to how long this token was given. */
export function lifetimeOf({ createdAt, expiresAt }: Pick<TokenRow, "createdAt" | "expiresAt">): Lifetime {
  const days = (Date.parse(expiresAt) - Date.parse(createdAt)) / (24 * 3_600_000);
  const enough = lifetimes.find((lifetime) => Number(lifetime.value) >= Math.round(days));
  return enough?.value ?? "365";
}

export function stateInWords(token: TokenRow, nowMs: number): { tone: Tone; word: string } {
  const words: Record<TokenRow["state"], { tone: Tone; word: string }> = {
    active: { tone: "live", word: "active" },
    replaced: { tone: "attention", word: "replaced, still works" },
    expired: { tone: "waiting", word: "expired" },
    revoked: { tone: "waiting", word: "revoked" },
    "maker-left": { tone: "failed", word: "refused: its maker left" },
  };
  const endsSoon = Date.parse(token.expiresAt) - nowMs < warnBeforeMs;
  return token.state === "active" && endsSoon
    ? { tone: "attention", word: "ends soon: rotate it" }
    : words[token.state];
}
