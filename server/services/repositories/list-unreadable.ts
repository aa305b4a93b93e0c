import { asc, eq } from "drizzle-orm";
import { repositoryCredentials } from "#db/schema/repositories.ts";
import { services } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";
import { type SealingKeys, UnreadableSecretError } from "#server/kernel/sealed-value.ts";
import { type Credential, openSecret } from "./credential.ts";

export interface UnreadableCredential {
  serviceSlug: string;
  kind: Credential["kind"];
  problem: string;
}

const mostChecked = 1_000;

/** Services whose credential cannot be opened with the keys that this process has, and why. */
export async function listUnreadable(ctx: Context, keys: SealingKeys): Promise<UnreadableCredential[]> {
  const rows = await ctx.db
    .select({ credential: repositoryCredentials, serviceSlug: services.slug })
    .from(repositoryCredentials)
    .innerJoin(services, eq(services.id, repositoryCredentials.serviceId))
    .orderBy(asc(services.slug))
    .limit(mostChecked);
  return rows.flatMap(({ credential, serviceSlug }) => {
    try {
      openSecret(keys, credential);
      return [];
    } catch (error) {
      if (!(error instanceof UnreadableSecretError)) throw error;
      return [{ serviceSlug, kind: credential.kind, problem: error.message }];
    }
  });
}
