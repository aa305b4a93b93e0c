"use client";
import { Ban, RefreshCw } from "lucide-react";
import { useState } from "react";
import { RowMenu } from "#components/table/row-menu.tsx";
import { MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { isUsable, type TokenRow } from "#server/domain/token.ts";
import { RevokeToken } from "./revoke-token.tsx";
import { RotateToken } from "./rotate-token.tsx";
import type { MadeToken } from "./token-shown.tsx";

export type TokenActionsProps = { token: TokenRow; onRotated: (made: MadeToken) => void };

/** What can be done with one token; nothing with one that has ended. */
export function TokenActions({ token, onRotated }: TokenActionsProps) {
  const [open, setOpen] = useState<"rotate" | "revoke" | null>(null);
  const close = () => setOpen(null);
  if (!isUsable(token.state)) return null;
  return (
    <>
      {/* Two may have the same name, while one takes the place of the other. */}
      <RowMenu of={`${token.name}, ${token.start}…`}>
        {token.state === "active" && (
          <>
            <MenuItem icon={<RefreshCw />} onClick={() => setOpen("rotate")}>
              Rotate {token.name}
            </MenuItem>
            <MenuSeparator />
          </>
        )}
        <MenuItem icon={<Ban />} danger onClick={() => setOpen("revoke")}>
          Revoke {token.name}
        </MenuItem>
      </RowMenu>
      {open === "rotate" && <RotateToken token={token} onRotated={onRotated} onClose={close} />}
      {open === "revoke" && <RevokeToken token={token} onClose={close} />}
    </>
  );
}
