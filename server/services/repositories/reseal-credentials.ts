import { and, asc, eq, gt } from "drizzle-orm";
import { repositoryCredentials } from "#db/schema/repositories.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import {
  isSealedByNewest,
  type SealingKeys,
  sealValue,
  UnreadableSecretError,
} from "#server/kernel/sealed-value.ts";
import { type Credential, openSecret, placeOf } from "./credential.ts";

const atOnce = 100;
const firstId = "00000000-0000-0000-0000-000000000000";

/** Seals every credential with the newest key, a hundred in each transaction; what cannot be opened stays as it is. */
export async function resealCredentials(
  ctx: Context,
  keys: SealingKeys,
): Promise<{ resealed: number; unreadable: number }> {
  const counted = { resealed: 0, unreadable: 0 };
  for (let after: string | null = firstId; after !== null; ) {
    const from: string = after;
    after = await inTransaction(ctx, async (tx) => {
      const rows = await page(tx, from);
      let changed = 0;
      for (const row of rows.filter(({ sealedSecret }) => !isSealedByNewest(keys, sealedSecret))) {
        const secret = openOrNull(keys, row);
        if (secret === null) counted.unreadable += 1;
        else if (await replace(tx, row, sealValue(keys, secret, placeOf(row)))) changed += 1;
      }
      counted.resealed += changed;
      if (changed > 0) {
        await record(tx, { action: "repositories/reseal", subject: "sealed values", after: { changed } });
      }
      return rows.length < atOnce ? null : (rows.at(-1)?.id ?? null);
    });
  }
  return counted;
}

function page(ctx: Context, after: string): Promise<Credential[]> {
  const { id } = repositoryCredentials;
  return ctx.db.select().from(repositoryCredentials).where(gt(id, after)).orderBy(asc(id)).limit(atOnce);
}

async function replace(ctx: Context, row: Credential, sealedSecret: string): Promise<boolean> {
  const rows = await ctx.db
    .update(repositoryCredentials)
    .set({ sealedSecret })
    .where(
      and(eq(repositoryCredentials.id, row.id), eq(repositoryCredentials.sealedSecret, row.sealedSecret)),
    )
    .returning({ id: repositoryCredentials.id });
  return rows.length > 0;
}

function openOrNull(keys: SealingKeys, row: Credential): string | null {
  try {
    return openSecret(keys, row);
  } catch (error) {
    if (error instanceof UnreadableSecretError) return null;
    throw error;
  }
}
