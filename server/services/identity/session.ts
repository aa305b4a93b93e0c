import { randomUUID } from "node:crypto";
import { and, eq, isNull, notExists, sql } from "drizzle-orm";
import { endedSessions, users } from "#db/schema/identity.ts";
import type { Role } from "#server/domain/permissions.ts";
import type { Context } from "#server/kernel/context.ts";

/**
 * Identity: who people and machines are and what lets them in. This room owns the users with their accounts at
 * providers, invitations and setup links, the teams, the tokens of machines, and the counts of failed sign-ins.
 */

/** Who is signed in, as their row says at this moment. */
export interface Session {
  user: { id: number; name: string; email: string; role: Role };
}

/** What a session token says: whose it is, and the version that the user's sessions had when it was made. */
export interface SessionClaim {
  userId: number;
  sessionVersion: number;
  sessionId: string;
  /** Unix time in seconds: when the password or the provider last said who this is. */
  signedInAt: number;
}

/** A session that is used goes on, but not for ever: then one shows anew who one is. */
export const longestSessionSeconds = 30 * 24 * 3_600;

/** A session that begins now. */
export function newSession(user: Pick<SessionClaim, "userId" | "sessionVersion">, now: Date): SessionClaim {
  return { ...user, sessionId: randomUUID(), signedInAt: Math.floor(now.getTime() / 1_000) };
}

/** Set in a user's row, it ends every session of theirs at once. */
export const nextSessionVersion = { sessionVersion: sql`${users.sessionVersion} + 1` };

/** Null where the user has left, has signed out of it or everywhere since, or it has lasted too long. */
export async function readSession(ctx: Pick<Context, "db">, claim: SessionClaim): Promise<Session | null> {
  const ended = ctx.db
    .select({ id: endedSessions.sessionId })
    .from(endedSessions)
    .where(eq(endedSessions.sessionId, claim.sessionId));
  const [user] = await ctx.db
    .select({ id: users.id, name: users.name, email: users.email, role: users.role })
    .from(users)
    .where(
      and(
        eq(users.id, claim.userId),
        eq(users.sessionVersion, claim.sessionVersion),
        isNull(users.leftAt),
        notExists(ended),
        sql`to_timestamp(${claim.signedInAt}::float8 + ${longestSessionSeconds}) > now()`,
      ),
    );
  return user === undefined ? null : { user };
}
