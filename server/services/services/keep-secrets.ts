import { and, eq, inArray, sql } from "drizzle-orm";
import { secrets } from "#db/schema/services.ts";
import type { ConfigurationChange } from "#server/domain/configuration.ts";
import type { Context } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { type SealingKeys, sealValue } from "#server/kernel/sealed-value.ts";
import { placeOf } from "./secret.ts";

const mostSecretBytes = 64 * 1024;
/** `sealed:<key id>:` counted as base64, nonce and tag. */
const sealingBytes = 43;

/** Seals and stores the new values of a change; resolves with their ids. ValidationError at `secrets.NAME`. */
export async function keepSecrets(
  tx: Context,
  serviceEnvironmentId: number,
  change: ConfigurationChange,
  keys: SealingKeys,
): Promise<Record<string, number>> {
  const stored: Record<string, number> = {};
  for (const [name, wish] of Object.entries(change.secrets ?? {})) {
    if (wish === null) continue;
    if (typeof wish === "string") stored[name] = await keep(tx, { serviceEnvironmentId, name }, wish, keys);
    else await demandUsable(tx, { serviceEnvironmentId, name, id: wish.id });
  }
  return stored;
}

async function keep(
  tx: Context,
  place: { serviceEnvironmentId: number; name: string },
  value: string,
  keys: SealingKeys,
): Promise<number> {
  const [row] = await tx.db
    .insert(secrets)
    .values({ ...place, sealedValue: sealValue(keys, value, placeOf(place)), madeByName: tx.actor.name })
    .returning({ id: secrets.id });
  if (row === undefined) throw new Error("The secret's row was not returned.");
  return row.id;
}

/** What is sealed has its length besides nonce, tag and the key's id. ValidationError "secrets". */
export async function demandFittingSecrets(
  tx: Context,
  named: Readonly<Record<string, number>>,
): Promise<void> {
  const ids = Object.values(named);
  if (ids.length === 0) return;
  const [row] = await tx.db
    .select({ sealedBytes: sql<number>`sum(length(${secrets.sealedValue}))`.mapWith(Number) })
    .from(secrets)
    .where(inArray(secrets.id, ids));
  const bytes = ((row?.sealedBytes ?? 0) * 3) / 4 - ids.length * sealingBytes;
  if (bytes > mostSecretBytes) {
    throw new ValidationError("All secrets together have at most 64 KiB.", "secrets");
  }
}

/** Shared, so that it is not revoked before the version that names it stands. */
async function demandUsable(
  tx: Context,
  { serviceEnvironmentId, name, id }: { serviceEnvironmentId: number; name: string; id: number },
): Promise<void> {
  const [row] = await tx.db
    .select({ revokedAt: secrets.revokedAt })
    .from(secrets)
    .where(
      and(eq(secrets.id, id), eq(secrets.serviceEnvironmentId, serviceEnvironmentId), eq(secrets.name, name)),
    )
    .for("share");
  const field = `secrets.${name}`;
  if (row === undefined) throw new ValidationError(`No such value of ${name} was ever set here.`, field);
  if (row.revokedAt !== null) {
    throw new ValidationError(`That value of ${name} is revoked: set a new one.`, field);
  }
}
