import { z } from "zod";
import type { CredentialView } from "#server/domain/repository-access.ts";
import type { Context } from "#server/kernel/context.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { checkedAddress } from "./checked-address.ts";
import { keepCredential } from "./keep-credential.ts";

/** Git's own way of handing them over has no room for anything else. */
const inOneLine = /^[\x21-\x7e]+$/;
const username = z
  .string()
  .trim()
  .max(200, "A user name has at most 200 characters.")
  .regex(inOneLine, "A user name is needed, in one word. Where the token alone counts, write token.");
const token = z
  .string()
  .trim()
  .max(4_000, "A token has at most 4,000 characters.")
  .regex(inOneLine, "Paste the token: one line, without spaces.");

/** A user name and a token for one https repository. ValidationError "repositoryUrl", "username" or "token". */
export async function keepToken(
  ctx: Context,
  keys: SealingKeys,
  input: { repositoryUrl: string; username: string; token: string },
): Promise<CredentialView> {
  return keepCredential(ctx, keys, {
    kind: "token",
    repositoryUrl: checkedAddress(input.repositoryUrl, "https"),
    username: parseField("username", username, input.username),
    publicKey: null,
    secret: parseField("token", token, input.token),
  });
}
