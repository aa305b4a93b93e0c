import { z } from "zod";
import type { GroupMapping } from "#server/domain/group-role.ts";
import type { Role } from "#server/domain/permissions.ts";
import { UserError } from "./errors.ts";

/** Somebody whom this installation trusts to say who a person is. */
export interface IdentityProvider extends GroupMapping {
  id: "oidc" | "github" | "google";
  /** On the button: `Sign in by …`. */
  name: string;
  /** As identities are stored: never changes for a provider. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  /** The claim that lists groups. */
  groupsClaim: string;
  /** The role of whoever has neither an invitation nor a mapped group; null means that they do not get in. */
  defaultRole: Role | null;
  /** Google Workspace domains whose people may come; empty means any. */
  domains: readonly string[];
}

const list = z
  .string()
  .default("")
  .transform((text) => text.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()])));
const defaultRole = z
  .enum(["none", "stakeholder", "engineer"], "is one of none, stakeholder, engineer")
  .default("none")
  .transform((role) => (role === "none" ? null : role));
/** https, or http on this machine: whoever can change the answer of the issuer signs in as anybody. */
const address = z.url("is an address such as https://id.example.org").refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}, "begins with https://");

export const providerVariables = {
  ANYTIME_OIDC_ISSUER: address.optional(),
  ANYTIME_OIDC_CLIENT_ID: z.string().optional(),
  ANYTIME_OIDC_CLIENT_SECRET: z.string().optional(),
  ANYTIME_OIDC_NAME: z.string().max(40).default("single sign-on"),
  ANYTIME_OIDC_SCOPE: z
    .string()
    .regex(/\bopenid\b/, "contains openid")
    .default("openid email profile"),
  ANYTIME_OIDC_GROUPS_CLAIM: z.string().default("groups"),
  ANYTIME_OIDC_ADMIN_GROUPS: list,
  ANYTIME_OIDC_ENGINEER_GROUPS: list,
  ANYTIME_OIDC_DEFAULT_ROLE: defaultRole,
  ANYTIME_GITHUB_URL: address.default("https://github.com"),
  ANYTIME_GITHUB_CLIENT_ID: z.string().optional(),
  ANYTIME_GITHUB_CLIENT_SECRET: z.string().optional(),
  ANYTIME_GOOGLE_CLIENT_ID: z.string().optional(),
  ANYTIME_GOOGLE_CLIENT_SECRET: z.string().optional(),
  ANYTIME_GOOGLE_DOMAINS: list,
  ANYTIME_GOOGLE_DEFAULT_ROLE: defaultRole,
};
type Variables = z.output<z.ZodObject<typeof providerVariables>>;

const withoutGroups = { groupsClaim: "", adminGroups: [], engineerGroups: [] } as const;

/** The providers that are set up, in the order of their buttons. Throws UserError where one is set up by half. */
export function readIdentityProviders(read: Variables): IdentityProvider[] {
  const oidc = clientOf("OIDC", read.ANYTIME_OIDC_CLIENT_ID, read.ANYTIME_OIDC_CLIENT_SECRET);
  if ((oidc === null) !== (read.ANYTIME_OIDC_ISSUER === undefined)) throw incomplete("OIDC", "ISSUER");
  const google = clientOf("GOOGLE", read.ANYTIME_GOOGLE_CLIENT_ID, read.ANYTIME_GOOGLE_CLIENT_SECRET);
  if (read.ANYTIME_GOOGLE_DEFAULT_ROLE !== null && read.ANYTIME_GOOGLE_DOMAINS.length === 0) {
    throw new UserError(
      "ANYTIME_GOOGLE_DEFAULT_ROLE would let in everybody who has a Google account: set ANYTIME_GOOGLE_DOMAINS too.",
    );
  }
  const github = clientOf("GITHUB", read.ANYTIME_GITHUB_CLIENT_ID, read.ANYTIME_GITHUB_CLIENT_SECRET);
  return [
    ...(oidc === null ? [] : [oidcOf(read, oidc)]),
    ...(google === null ? [] : [googleOf(read, google)]),
    ...(github === null ? [] : [githubOf(read, github)]),
  ];
}

type Client = Pick<IdentityProvider, "clientId" | "clientSecret">;

function oidcOf(read: Variables, client: Client): IdentityProvider {
  return {
    ...client,
    id: "oidc",
    name: read.ANYTIME_OIDC_NAME,
    issuer: withoutSlash(read.ANYTIME_OIDC_ISSUER ?? ""),
    scope: read.ANYTIME_OIDC_SCOPE,
    groupsClaim: read.ANYTIME_OIDC_GROUPS_CLAIM,
    adminGroups: read.ANYTIME_OIDC_ADMIN_GROUPS,
    engineerGroups: read.ANYTIME_OIDC_ENGINEER_GROUPS,
    defaultRole: read.ANYTIME_OIDC_DEFAULT_ROLE,
    domains: [],
  };
}

function googleOf(read: Variables, client: Client): IdentityProvider {
  return {
    ...client,
    ...withoutGroups,
    id: "google",
    name: "Google",
    issuer: "https://accounts.google.com",
    scope: "openid email profile",
    defaultRole: read.ANYTIME_GOOGLE_DEFAULT_ROLE,
    domains: read.ANYTIME_GOOGLE_DOMAINS,
  };
}

function githubOf(read: Variables, client: Client): IdentityProvider {
  return {
    ...client,
    ...withoutGroups,
    id: "github",
    name: "GitHub",
    issuer: withoutSlash(read.ANYTIME_GITHUB_URL),
    scope: "read:user user:email",
    defaultRole: null,
    domains: [],
  };
}

function clientOf(prefix: string, clientId?: string, clientSecret?: string): Client | null {
  if (clientId === undefined && clientSecret === undefined) return null;
  if (clientId === undefined) throw incomplete(prefix, "CLIENT_ID");
  if (clientSecret === undefined) throw incomplete(prefix, "CLIENT_SECRET");
  return { clientId, clientSecret };
}

function incomplete(prefix: string, part: string): UserError {
  return new UserError(
    `ANYTIME_${prefix}_${part}: set the issuer, client id and client secret together, or none of them.`,
  );
}

export function withoutSlash(address: string): string {
  return address.replace(/\/+$/, "");
}
