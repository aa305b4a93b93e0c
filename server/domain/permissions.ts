/** Who may do what. Deploying is never gated beyond being an engineer. */

export const roles = ["stakeholder", "engineer", "admin"] as const;
export type Role = (typeof roles)[number];

/** Every permission with the roles that have it: the one table that API, pages and streams go by. */
const mayDo = {
  read: ["stakeholder", "engineer", "admin"],
  deploy: ["engineer", "admin"],
  /** What running services print may tell of their users. */
  readOutput: ["engineer", "admin"],
  manageServices: ["engineer", "admin"],
  /**
   * Giving a machine's token the right to say of a commit that CI is green, or that it was reviewed. With
   * administrators only: whoever deploys does not also vouch for the commit.
   */
  reportFacts: ["admin"],
  manageTokens: ["engineer", "admin"],
  manageTeams: ["engineer", "admin"],
  /** Where deploys are told of. */
  manageChannels: ["engineer", "admin"],
  manageMembers: ["admin"],
  readAudit: ["admin"],
  manageInstallation: ["admin"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof mayDo;

/** What a machine's token can be given. People, teams, tokens and the audit log stay with people. */
export const tokenPermissions = ["read", "deploy", "reportFacts", "manageServices"] as const;
export type TokenPermission = (typeof tokenPermissions)[number];

/** What everything that answers a request declares: a permission, or that it is open to anybody. */
export type Access = Permission | "none";

export function isAllowed(role: Role, permission: Permission): boolean {
  return (mayDo[permission] as readonly Role[]).includes(role);
}

/** What a role may do, for pages to show or grey out. */
export function permissionsOf(role: Role): Record<Permission, boolean> {
  const names = Object.keys(mayDo) as Permission[];
  return Object.fromEntries(names.map((name) => [name, isAllowed(role, name)])) as Record<
    Permission,
    boolean
  >;
}

/** `services` null means all of them; a permission that concerns no single service needs that. */
export function isTokenAllowed(
  token: { permissions: readonly TokenPermission[]; services: readonly string[] | null },
  permission: Permission,
  serviceSlug: string | null,
): boolean {
  if (!(token.permissions as readonly Permission[]).includes(permission)) return false;
  return token.services === null || (serviceSlug !== null && token.services.includes(serviceSlug));
}
