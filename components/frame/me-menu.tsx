"use client";
import { CircleUserRound, Keyboard, LogOut } from "lucide-react";
import { roleWords } from "#components/identity/role-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuHeading, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import type { Role } from "#server/domain/permissions.ts";

export type FrameUser = { name: string; email: string; role: Role };

export function MeMenu(props: { user: FrameUser; onSignOut: () => void; onShowShortcuts: () => void }) {
  const { user } = props;
  return (
    <Menu
      trigger={
        <Button
          variant="quiet"
          className="px-2!"
          icon={<CircleUserRound />}
          aria-label={`Your account: ${user.name}`}
        >
          <span className="max-w-36 truncate max-lg:hidden">{user.name}</span>
        </Button>
      }
    >
      <MenuHeading>
        <span className="block font-medium text-base">{user.name}</span>
        <span className="block text-muted wrap-anywhere">{user.email}</span>
        <span className="block text-muted">{roleWords[user.role].label}</span>
      </MenuHeading>
      <MenuSeparator />
      <MenuItem icon={<Keyboard />} onClick={props.onShowShortcuts}>
        Keyboard shortcuts
      </MenuItem>
      <MenuItem icon={<LogOut />} onClick={props.onSignOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
