"use client";
import { KeyRound, LogOut, UserCog } from "lucide-react";
import { useState } from "react";
import { RowMenu } from "#components/table/row-menu.tsx";
import { MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import type { MemberRow } from "#server/api/types.ts";
import { ChangeRole } from "./change-role.tsx";
import { EndMembership } from "./end-membership.tsx";
import { ResetLink } from "./reset-link.tsx";

/** What an administrator can do for one member. */
export function MemberActions({ member }: { member: MemberRow }) {
  const [open, setOpen] = useState<"role" | "reset" | "leave" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <RowMenu of={member.name}>
        <MenuItem icon={<UserCog />} onClick={() => setOpen("role")}>
          Change the role of {member.name}
        </MenuItem>
        <MenuItem icon={<KeyRound />} onClick={() => setOpen("reset")}>
          Make a password link for {member.name}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<LogOut />} danger onClick={() => setOpen("leave")}>
          Let {member.name} leave
        </MenuItem>
      </RowMenu>
      {open === "role" && <ChangeRole member={member} onClose={close} />}
      {open === "reset" && <ResetLink member={member} onClose={close} />}
      {open === "leave" && <EndMembership member={member} onClose={close} />}
    </>
  );
}
