import type { Context } from "#server/kernel/context.ts";
import { removeCredential } from "#server/services/repositories/remove-credential.ts";
import { getService } from "#server/services/services/get-service.ts";

/** From now on the repository is read without a credential, which a private one refuses. */
export async function removeRepositoryAccess(ctx: Context, slug: string): Promise<{ isRemoved: boolean }> {
  return { isRemoved: await removeCredential(ctx, await getService(ctx, slug)) };
}
