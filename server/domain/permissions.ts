/** Who may do what. Deploying is never gated beyond being an engineer. */

export const roles = ["stakeholder", "engineer", "admin"] as const;
export type Role = (typeof roles)[number];

const mayDo = {
  read: ["stakeholder", "engineer", "admin"],
  deploy: ["engineer", "admin"],
  manageServices: ["engineer", "admin"],
  manageInstallation: ["admin"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof mayDo;

export function isAllowed(role: Role, permission: Permission): boolean {
  return (mayDo[permission] as readonly Role[]).includes(role);
}
