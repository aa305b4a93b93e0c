import { and, asc, desc, eq, gt, isNull } from "drizzle-orm";
import { environments, secrets, serviceEnvironments, services } from "#db/schema/services.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import {
  isSealedByNewest,
  type SealingKeys,
  sealValue,
  UnreadableSecretError,
} from "#server/kernel/sealed-value.ts";
import { openOrProblem, placeOf, type Secret } from "./secret.ts";

const atOnce = 100;

/** Seals every secret with the newest key, a hundred in each transaction; what cannot be opened stays as it is. */
export async function resealSecrets(
  ctx: Context,
  keys: SealingKeys,
): Promise<{ resealed: number; unreadable: number }> {
  const counted = { resealed: 0, unreadable: 0 };
  for (let after: number | null = 0; after !== null; ) {
    const from: number = after;
    after = await inTransaction(ctx, async (tx) => {
      const rows = await tx.db
        .select()
        .from(secrets)
        .where(gt(secrets.id, from))
        .orderBy(asc(secrets.id))
        .limit(atOnce);
      let changed = 0;
      for (const row of rows.filter(({ sealedValue }) => !isSealedByNewest(keys, sealedValue))) {
        const value = openOrProblem(keys, row);
        if (value instanceof UnreadableSecretError) counted.unreadable += 1;
        else if (await replace(tx, row, sealValue(keys, value, placeOf(row)))) changed += 1;
      }
      counted.resealed += changed;
      if (changed > 0) {
        await record(tx, { action: "services/reseal", subject: "sealed values", after: { changed } });
      }
      return rows.length < atOnce ? null : (rows.at(-1)?.id ?? null);
    });
  }
  return counted;
}

async function replace(tx: Context, row: Secret, sealedValue: string): Promise<boolean> {
  const rows = await tx.db
    .update(secrets)
    .set({ sealedValue })
    .where(and(eq(secrets.id, row.id), eq(secrets.sealedValue, row.sealedValue)))
    .returning({ id: secrets.id });
  return rows.length > 0;
}

export interface UnreadableSecret {
  serviceSlug: string;
  environmentSlug: string;
  name: string;
  problem: string;
}

const mostChecked = 1_000;

/** Secrets that may still be used and cannot be opened with the keys that this process has, and why. */
export async function listUnreadableSecrets(ctx: Context, keys: SealingKeys): Promise<UnreadableSecret[]> {
  const newest = ctx.db
    .selectDistinctOn([secrets.serviceEnvironmentId, secrets.name])
    .from(secrets)
    .where(isNull(secrets.revokedAt))
    .orderBy(secrets.serviceEnvironmentId, secrets.name, desc(secrets.id))
    .as("newest");
  const rows = await ctx.db
    .select({
      serviceEnvironmentId: newest.serviceEnvironmentId,
      name: newest.name,
      sealedValue: newest.sealedValue,
      serviceSlug: services.slug,
      environmentSlug: environments.slug,
    })
    .from(newest)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, newest.serviceEnvironmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .orderBy(asc(services.slug), asc(environments.position), asc(newest.name))
    .limit(mostChecked);
  return rows.flatMap(({ serviceSlug, environmentSlug, ...secret }) => {
    const opened = openOrProblem(keys, secret);
    if (!(opened instanceof UnreadableSecretError)) return [];
    return [{ serviceSlug, environmentSlug, name: secret.name, problem: opened.message }];
  });
}
