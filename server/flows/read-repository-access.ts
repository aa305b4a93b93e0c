import type { CredentialView, HostView } from "#server/domain/repository-access.ts";
import type { Context } from "#server/kernel/context.ts";
import { findServiceCredential, viewOf } from "#server/services/repositories/credential.ts";
import { hostViewOf, readHost } from "#server/services/repositories/read-host.ts";
import { getService } from "#server/services/services/get-service.ts";

export interface RepositoryAccessView {
  repositoryUrl: string;
  /** Null where the repository is read without one. */
  credential: CredentialView | null;
  /** The ssh server that it is read from; null where it is not read over ssh. */
  host: HostView | null;
}

/** How a service's repository is read: everything but the secret. */
export async function readRepositoryAccess(ctx: Context, slug: string): Promise<RepositoryAccessView> {
  const service = await getService(ctx, slug);
  const { repositoryUrl } = service;
  const credential = await findServiceCredential(ctx, service);
  const isSsh = credential?.kind === "deploy-key";
  return {
    repositoryUrl,
    credential: credential === null ? null : viewOf(credential),
    host: isSsh ? hostViewOf(await readHost(ctx, repositoryUrl)) : null,
  };
}
