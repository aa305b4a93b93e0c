import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { repositoryCredentials } from "#db/schema/repositories.ts";
import type { CredentialView } from "#server/domain/repository-access.ts";
import type { Actor, Context } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { openSealed, type SealingKeys } from "#server/kernel/sealed-value.ts";

/**
 * This room owns what opens private repositories: deploy keys, tokens, and the keys of ssh servers. Secrets go in and
 * come out sealed; only who contacts a repository has one opened.
 */
export type Credential = typeof repositoryCredentials.$inferSelect;

/** The credential of a service, if it is for the address that the service has now. */
export async function findServiceCredential(
  ctx: Context,
  service: { id: number; repositoryUrl: string },
): Promise<Credential | null> {
  const [row] = await ctx.db
    .select()
    .from(repositoryCredentials)
    .where(
      and(
        eq(repositoryCredentials.serviceId, service.id),
        eq(repositoryCredentials.repositoryUrl, service.repositoryUrl.trim()),
      ),
    );
  return row ?? null;
}

/** Ids of the services that have a credential of their own. */
export async function listCredentialOwners(ctx: Context): Promise<Set<number>> {
  const { serviceId } = repositoryCredentials;
  const rows = await ctx.db.select({ serviceId }).from(repositoryCredentials).where(isNotNull(serviceId));
  return new Set(rows.flatMap((row) => row.serviceId ?? []));
}

/** One that this actor has made and no service uses yet. Throws ValidationError "credentialId". */
export async function getOwnCredential(
  ctx: Context,
  wanted: { credentialId: string; repositoryUrl: string },
): Promise<Credential> {
  const [row] = await ctx.db.select().from(repositoryCredentials).where(unused(ctx, wanted));
  if (row !== undefined) return row;
  throw new ValidationError(
    "This deploy key or token is gone, or is for another repository: make a new one.",
    "credentialId",
  );
}

export function unused(
  ctx: Context,
  { credentialId, repositoryUrl }: { credentialId: string; repositoryUrl: string },
) {
  return and(
    eq(repositoryCredentials.id, credentialId),
    eq(repositoryCredentials.repositoryUrl, repositoryUrl.trim()),
    eq(repositoryCredentials.madeBy, madeBy(ctx.actor)),
    isNull(repositoryCredentials.serviceId),
  );
}

export function madeBy(actor: Actor): string {
  return actor.kind === "system" ? "system" : `${actor.kind}:${actor.id}`;
}

/** Where a credential's secret stands; see sealValue. */
export function placeOf({ id }: Pick<Credential, "id">): string {
  return `repository_credentials/${id}/sealed_secret`;
}

/** Throws UnreadableSecretError. */
export function openSecret(keys: SealingKeys, credential: Credential): string {
  return openSealed(keys, credential.sealedSecret, placeOf(credential));
}

export function viewOf({ id, kind, username, publicKey, madeByName, madeAt }: Credential): CredentialView {
  return { id, kind, username, publicKey, madeByName, madeAt: madeAt.toISOString() };
}
