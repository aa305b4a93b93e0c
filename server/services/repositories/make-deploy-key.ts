import type { CredentialView } from "#server/domain/repository-access.ts";
import type { Context } from "#server/kernel/context.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { makeSshKeyPair } from "#server/kernel/ssh-keys.ts";
import { checkedAddress } from "./checked-address.ts";
import { keepCredential } from "./keep-credential.ts";

/** A pair for one repository: its private half is sealed and never shown. ValidationError "repositoryUrl". */
export async function makeDeployKey(
  ctx: Context,
  keys: SealingKeys,
  input: { repositoryUrl: string },
): Promise<CredentialView> {
  const repositoryUrl = checkedAddress(input.repositoryUrl, "ssh");
  const { publicKey, privateKey } = makeSshKeyPair("anytime-deploy-key");
  return keepCredential(ctx, keys, {
    kind: "deploy-key",
    repositoryUrl,
    username: null,
    publicKey,
    secret: privateKey,
  });
}
