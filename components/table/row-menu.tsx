"use client";
import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Menu } from "#components/ui/menu.tsx";
import type { ColumnLook } from "./features.ts";

/** The last column of a table: on a phone in the corner of its row. */
export const rowMenuLook: ColumnLook = {
  hiddenHeading: true,
  align: "end",
  className: "max-sm:absolute max-sm:top-2 max-sm:right-0",
};

/** Everything that can be done with the thing in a row: each item names the act and the thing. */
export function RowMenu({ of, children }: { of: string; children: ReactNode }) {
  return <Menu trigger={<IconButton label={`Actions for ${of}`} icon={<Ellipsis />} />}>{children}</Menu>;
}
