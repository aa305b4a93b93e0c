"use client";
import { Pencil, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { RowMenu } from "#components/table/row-menu.tsx";
import { MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import type { MemberRow, TeamView } from "#server/api/types.ts";
import { RemoveTeam } from "./remove-team.tsx";
import { TeamForm } from "./team-form.tsx";
import { TeamPeople } from "./team-people.tsx";

export function TeamActions({ team, members }: { team: TeamView; members: MemberRow[] }) {
  const [open, setOpen] = useState<"about" | "people" | "remove" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <RowMenu of={team.name}>
        <MenuItem icon={<Pencil />} onClick={() => setOpen("about")}>
          Change name and contact of {team.name}
        </MenuItem>
        <MenuItem icon={<Users />} onClick={() => setOpen("people")}>
          Change members of {team.name}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 />} danger onClick={() => setOpen("remove")}>
          Remove {team.name}
        </MenuItem>
      </RowMenu>
      {open === "about" && <TeamForm team={team} onClose={close} />}
      {open === "people" && <TeamPeople team={team} members={members} onClose={close} />}
      {open === "remove" && <RemoveTeam team={team} onClose={close} />}
    </>
  );
}
