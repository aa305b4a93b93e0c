import type { secrets } from "#db/schema/services.ts";
import type { SecretView } from "#server/domain/configuration-views.ts";
import { openSealed, type SealingKeys, UnreadableSecretError } from "#server/kernel/sealed-value.ts";

export type Secret = typeof secrets.$inferSelect;

/** Where a secret's value stands; see sealValue. */
export function placeOf({
  serviceEnvironmentId,
  name,
}: Pick<Secret, "serviceEnvironmentId" | "name">): string {
  return `secrets/${serviceEnvironmentId}/${name}`;
}

export function openOrProblem(
  keys: SealingKeys,
  secret: Pick<Secret, "serviceEnvironmentId" | "name" | "sealedValue">,
): string | UnreadableSecretError {
  try {
    return openSealed(keys, secret.sealedValue, placeOf(secret));
  } catch (error) {
    if (error instanceof UnreadableSecretError) return error;
    throw error;
  }
}

/** All that anybody is told of it. */
export function viewOf({
  id,
  name,
  madeByName,
  madeAt,
  revokedAt,
  revokedByName,
}: Omit<Secret, "sealedValue">): SecretView {
  return {
    id,
    name,
    madeByName,
    madeAt: madeAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
    revokedByName,
  };
}
