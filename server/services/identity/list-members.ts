import { count, eq, sql } from "drizzle-orm";
import { apiTokens, teamMembers, teams, userIdentities, users } from "#db/schema/identity.ts";
import { isAllowed, type Role } from "#server/domain/permissions.ts";
import type { Moment } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { isWorking } from "./working-token.ts";

export interface MemberRow {
  id: number;
  name: string;
  role: Role;
  /** Names, in order. */
  teams: string[];
  leftAt: Moment | null;
  /** For administrators only; null for everybody else. */
  details: MemberDetails | null;
}

export interface MemberDetails {
  email: string;
  lastSignInAt: Moment | null;
  hasPassword: boolean;
  /** Of the providers that are connected. */
  issuers: string[];
  /** How many of their tokens work at this moment. */
  workingTokens: number;
}

/** Everybody, by name; who left comes last. E-mail addresses and ways to sign in are told to administrators only. */
export async function listMembers(ctx: Context): Promise<MemberRow[]> {
  const [rows, identities, tokens, memberships] = await Promise.all([
    ctx.db
      .select()
      .from(users)
      .orderBy(sql`${users.leftAt} is not null`, sql`lower(${users.name})`, users.id),
    ctx.db.select({ userId: userIdentities.userId, value: userIdentities.issuer }).from(userIdentities),
    countWorkingTokens(ctx),
    ctx.db
      .select({ userId: teamMembers.userId, value: teams.name })
      .from(teamMembers)
      .innerJoin(teams, eq(teams.id, teamMembers.teamId))
      .orderBy(sql`lower(${teams.name})`),
  ]);
  const { actor } = ctx;
  const seesDetails = actor.kind === "user" && isAllowed(actor.role, "manageMembers");
  const issuersOf = valuesByUser(identities);
  const teamsOf = valuesByUser(memberships);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    role: row.role,
    teams: teamsOf(row.id),
    leftAt: row.leftAt?.toISOString() ?? null,
    details: !seesDetails
      ? null
      : {
          email: row.email,
          lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
          hasPassword: row.passwordHash !== null,
          issuers: issuersOf(row.id),
          workingTokens: tokens.get(row.id) ?? 0,
        },
  }));
}

function valuesByUser(list: { userId: number; value: string }[]): (userId: number) => string[] {
  const byUser = Map.groupBy(list, ({ userId }) => userId);
  return (userId) => (byUser.get(userId) ?? []).map(({ value }) => value);
}

async function countWorkingTokens(ctx: Context): Promise<Map<number, number>> {
  const rows = await ctx.db
    .select({ userId: apiTokens.createdBy, tokens: count() })
    .from(apiTokens)
    .where(isWorking(ctx))
    .groupBy(apiTokens.createdBy);
  return new Map(rows.map(({ userId, tokens }) => [userId, tokens]));
}
