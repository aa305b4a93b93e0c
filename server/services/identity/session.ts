import { and, eq, isNull, sql } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
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
}

/** Set in a user's row, it ends every session of theirs at once. */
export const endedSessions = { sessionVersion: sql`${users.sessionVersion} + 1` };

/** Null where the user has left or has signed out everywhere since. */
export async function readSession(ctx: Pick<Context, "db">, claim: SessionClaim): Promise<Session | null> {
  const [user] = await ctx.db
    .select({ id: users.id, name: users.name, email: users.email, role: users.role })
    .from(users)
    .where(
      and(eq(users.id, claim.userId), eq(users.sessionVersion, claim.sessionVersion), isNull(users.leftAt)),
    );
  return user === undefined ? null : { user };
}
