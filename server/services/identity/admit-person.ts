import { eq, sql } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import type { IdentityProvider } from "#server/kernel/identity-providers.ts";
import { applyGroups } from "./apply-groups.ts";
import { connectIdentity } from "./connect-identity.ts";
import { findUserByIdentity, type User } from "./find-user.ts";
import { actingAs, noteSignIn } from "./note-sign-in.ts";
import type { ProviderPerson } from "./provider-person.ts";
import { receiveNewcomer } from "./receive-newcomer.ts";
import type { SignInIntent } from "./sign-in-intent.ts";
import { SignInRefusal } from "./sign-in-refusal.ts";

export interface Arrival {
  provider: IdentityProvider;
  /** What the provider says, checked. */
  person: ProviderPerson;
  intent: SignInIntent;
  /** Who is signed in to this browser at this moment. */
  signedInUserId: number | null;
}

/** Lets in somebody whom a provider vouches for, and makes or connects what that takes. SignInRefusal says why not. */
export async function admitPerson(ctx: Context, arrival: Arrival): Promise<void> {
  const { provider, person } = arrival;
  if (provider.domains.length > 0 && !provider.domains.includes(person.domain ?? "")) {
    throw new SignInRefusal("wrong-domain");
  }
  const refusal = await inTransaction(ctx, async (tx) => {
    // Two tabs of one newcomer come one after the other.
    const lock = `anytime identity ${person.issuer} ${person.subject}`;
    await tx.db.execute(sql`select pg_advisory_xact_lock(hashtext(${lock}))`);
    const known = await findUserByIdentity(tx, person);
    if (arrival.intent.kind === "connect") return connect(tx, arrival, known);
    return letIn(tx, known ?? (await receiveNewcomer(tx, arrival)), arrival);
  });
  if (refusal !== null) throw refusal;
}

async function letIn(ctx: Context, user: User, arrival: Arrival): Promise<SignInRefusal | null> {
  if (user.leftAt !== null) return new SignInRefusal("has-left");
  const refusal = await applyGroups(ctx, user, arrival);
  if (refusal !== null) return refusal;
  await noteSignIn(ctx, user, { by: arrival.provider.issuer });
  return null;
}

/** The session that asked for it must still be the one that is there. */
async function connect(ctx: Context, arrival: Arrival, known: User | null): Promise<SignInRefusal | null> {
  const { intent, signedInUserId, person } = arrival;
  if (intent.kind !== "connect" || intent.userId !== signedInUserId) {
    return new SignInRefusal("session-changed");
  }
  if (known !== null) return known.id === intent.userId ? null : new SignInRefusal("identity-taken");
  const [user] = await ctx.db.select().from(users).where(eq(users.id, intent.userId));
  if (user === undefined || user.leftAt !== null) return new SignInRefusal("session-changed");
  const { issuer, subject } = person;
  await connectIdentity(actingAs(ctx, user), { userId: user.id, issuer, subject });
  return null;
}
