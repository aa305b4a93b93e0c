import { knownHostLine } from "#server/domain/git-url.ts";
import { accessFields } from "#server/domain/repository-access.ts";
import type { Context } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { UnreadableSecretError } from "#server/kernel/sealed-value.ts";
import type { GitLogin, RepositoryAccess } from "#server/services/pipeline/repository-access.ts";
import {
  type Credential,
  findServiceCredential,
  getOwnCredential,
  openSecret,
} from "#server/services/repositories/credential.ts";
import { readHost } from "#server/services/repositories/read-host.ts";
import type { Installation } from "./installation.ts";

type Keys = Pick<Installation, "sealingKeys">;

/** What a service's repository is read with; null where it needs nothing. Throws as `accessBy` does. */
export async function serviceAccess(
  ctx: Context,
  service: { id: number; repositoryUrl: string },
  keys: Keys,
): Promise<RepositoryAccess | null> {
  const credential = await findServiceCredential(ctx, service);
  return credential === null ? null : accessBy(ctx, credential, keys);
}

/** The same for one that no service uses yet; null where none is named. */
export async function ownAccess(
  ctx: Context,
  wanted: { credentialId?: string | undefined; repositoryUrl: string },
  keys: Keys,
): Promise<RepositoryAccess | null> {
  const { credentialId, repositoryUrl } = wanted;
  if (credentialId === undefined) return null;
  return accessBy(ctx, await getOwnCredential(ctx, { credentialId, repositoryUrl }), keys);
}

/** ValidationError at one of `accessFields` where its secret cannot be read or nobody has confirmed its server's keys. */
async function accessBy(ctx: Context, credential: Credential, keys: Keys): Promise<RepositoryAccess> {
  const secret = secretOf(credential, keys);
  return { reader: credential.id, login: await loginBy(ctx, credential, secret) };
}

function secretOf(credential: Credential, { sealingKeys }: Keys): string {
  try {
    return openSecret(sealingKeys, credential);
  } catch (error) {
    if (!(error instanceof UnreadableSecretError)) throw error;
    const what = credential.kind === "token" ? "token" : "deploy key";
    throw new ValidationError(
      `The ${what} of this repository cannot be read. ${error.message}`,
      accessFields.credential,
    );
  }
}

async function loginBy(ctx: Context, credential: Credential, secret: string): Promise<GitLogin> {
  if (credential.kind === "token") {
    return { kind: "token", username: credential.username ?? "", token: secret };
  }
  const { host, keys } = await readHost(ctx, credential.repositoryUrl);
  if (keys.length === 0) {
    throw new ValidationError(
      `Nobody has confirmed the host key of ${host} yet: compare it, and confirm it.`,
      accessFields.hostKey,
    );
  }
  return { kind: "deploy-key", privateKey: secret, knownHosts: keys.map((key) => knownHostLine(host, key)) };
}
