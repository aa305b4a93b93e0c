import { z } from "zod";
import type { IdentityProvider } from "#server/kernel/identity-providers.ts";

/** What a provider says of whoever signs in there. */
export interface ProviderPerson {
  issuer: string;
  /** The provider's own id of the account: an e-mail address may change hands, this never does. */
  subject: string;
  name: string;
  email: string | null;
  isEmailVerified: boolean;
  groups: string[];
  /** The Google Workspace that the account belongs to. */
  domain: string | null;
}

const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  name: z.string().trim().max(100).optional().catch(undefined),
  preferred_username: z.string().trim().max(100).optional().catch(undefined),
  email: z.email().max(254).toLowerCase().optional().catch(undefined),
  // Some providers write it as a string; whatever else stands there is not a yes.
  email_verified: z
    .union([z.boolean(), z.literal("true")])
    .transform((value) => value !== false)
    .catch(false),
  hd: z.string().optional().catch(undefined),
});
const groupsSchema = z.union([z.array(z.string()), z.string().transform((group) => [group])]).catch([]);

/** Reads claims, checked already, of an ID token or of what stands in for one. */
export function personOf(provider: IdentityProvider, claims: object): ProviderPerson {
  const read = claimsSchema.parse(claims);
  const groups: unknown = provider.groupsClaim === "" ? [] : Reflect.get(claims, provider.groupsClaim);
  return {
    issuer: provider.issuer,
    subject: read.sub,
    name: read.name || read.preferred_username || read.email?.split("@")[0] || "Unnamed",
    email: read.email ?? null,
    isEmailVerified: read.email !== undefined && read.email_verified,
    groups: groupsSchema.parse(groups),
    domain: read.hd ?? null,
  };
}
