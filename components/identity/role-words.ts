import type { Role } from "#server/domain/permissions.ts";

/** What a role is called in a sentence, and what whoever has it may do. */
export const roleWords: Record<Role, { label: string; name: string; may: string }> = {
  stakeholder: {
    label: "Stakeholder",
    name: "a stakeholder",
    may: "sees everything and changes nothing.",
  },
  engineer: {
    label: "Engineer",
    name: "an engineer",
    may: "deploys anything, at any time, and manages services, teams and tokens.",
  },
  admin: {
    label: "Administrator",
    name: "an administrator",
    may: "does all of that, and manages members and the installation.",
  },
};

/** Why a stakeholder cannot do it, and who helps. */
export const readsOnly = "Your role reads and subscribes. An administrator can make you an engineer.";
