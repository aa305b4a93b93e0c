import type { Role } from "./permissions.ts";

/** Groups of an identity provider that make somebody an administrator or an engineer here. */
export interface GroupMapping {
  adminGroups: readonly string[];
  engineerGroups: readonly string[];
}

/** The highest role that one of the groups gives; null where none does. */
export function roleOfGroups(groups: readonly string[], mapping: GroupMapping): Role | null {
  if (groups.some((group) => mapping.adminGroups.includes(group))) return "admin";
  if (groups.some((group) => mapping.engineerGroups.includes(group))) return "engineer";
  return null;
}

export function isMapping(mapping: GroupMapping): boolean {
  return mapping.adminGroups.length > 0 || mapping.engineerGroups.length > 0;
}
