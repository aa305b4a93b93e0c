"use client";
import { Download } from "lucide-react";
import { paths } from "#components/paths.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuHeading, MenuItem } from "#components/ui/menu.tsx";
import { type ChosenAuditFilter, toFilterInput } from "./use-audit-filter.ts";

/** What the filter finds, as a file. */
export function ExportMenu({ filter }: { filter: ChosenAuditFilter }) {
  const download = (format: "csv" | "jsonl") =>
    window.location.assign(paths.auditExport({ format, ...toFilterInput(filter) }));
  return (
    <Menu trigger={<Button icon={<Download />}>Export</Button>}>
      <MenuHeading>
        <span className="text-muted">Everything that the filter finds</span>
      </MenuHeading>
      <MenuItem onClick={() => download("csv")}>CSV, for a spreadsheet</MenuItem>
      <MenuItem onClick={() => download("jsonl")}>JSON Lines, for a program</MenuItem>
    </Menu>
  );
}
