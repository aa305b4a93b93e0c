import { z } from "zod";
import { type TokenPermission, tokenPermissions } from "./permissions.ts";
import type { Moment } from "./read-models.ts";

/** Rules for the tokens of machines, for forms and verbs alike. */

export const fewestTokenDays = 7;
export const mostTokenDays = 365;
export const usualTokenDays = 90;
export const longestOverlapHours = 7 * 24;

export const tokenNameSchema = z
  .string()
  .trim()
  .min(1, "A name is needed: say which machine will use it.")
  .max(100, "A name has at most 100 characters.");

export const tokenDaysSchema = z
  .int("Write whole days.")
  .min(fewestTokenDays, `A token lasts at least ${fewestTokenDays} days.`)
  .max(mostTokenDays, `A token lasts at most ${mostTokenDays} days.`);

export const overlapHoursSchema = z
  .int("Write whole hours.")
  .min(0, "The overlap is 0 hours or more.")
  .max(longestOverlapHours, "The old token goes on for at most 7 days.");

export const tokenPermissionsSchema = z
  .array(z.enum(tokenPermissions))
  .min(1, "Choose at least one thing that it may do.")
  .transform((chosen) => tokenPermissions.filter((permission) => chosen.includes(permission)));

/** Null is all of them, those of tomorrow too. */
export const tokenServicesSchema = z
  .array(z.string().max(100))
  .min(1, "Choose at least one service, or all.")
  .max(500, "Choose at most 500 services, or all.")
  .transform((slugs) => [...new Set(slugs)].sort())
  .nullable();

/** What each permission lets a machine do, in words. */
export const tokenPermissionWords: Record<TokenPermission, { word: string; hint: string }> = {
  read: { word: "Read", hint: "Services, deployments and their logs." },
  deploy: { word: "Deploy", hint: "Deploy, promote, switch back and cancel." },
  reportFacts: { word: "Report facts", hint: "Say of a commit that CI is green, or that it was reviewed." },
  manageServices: {
    word: "Manage services",
    hint: "Change a service's name and team.",
  },
};

export const tokenStates = ["active", "replaced", "expired", "revoked", "maker-left"] as const;
export type TokenState = (typeof tokenStates)[number];

/** One row of the list of tokens. The token itself is in no list: only its first characters are. */
export interface TokenRow {
  id: number;
  name: string;
  start: string;
  permissions: TokenPermission[];
  /** Slugs; null means all. */
  services: string[] | null;
  madeBy: string;
  isMine: boolean;
  createdAt: Moment;
  expiresAt: Moment;
  lastUsedAt: Moment | null;
  lastUsedAddress: string | null;
  state: TokenState;
}

/** `replaced` still works, until its expiry; the others that are not `active` are refused. */
export function tokenState(
  token: { expiresAt: Date; revokedAt: Date | null; replacedBy: number | null; makerLeftAt: Date | null },
  now: Date,
): TokenState {
  if (token.revokedAt !== null) return "revoked";
  if (token.expiresAt <= now) return "expired";
  if (token.makerLeftAt !== null) return "maker-left";
  return token.replacedBy === null ? "active" : "replaced";
}

export function isUsable(state: TokenState): boolean {
  return state === "active" || state === "replaced";
}
