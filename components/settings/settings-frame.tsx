"use client";
import type { ReactNode } from "react";
import { paths } from "#components/paths.ts";
import { LinkTabs } from "#components/ui/link-tabs.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { Outputs } from "#server/api/types.ts";
import type { Permission } from "#server/domain/permissions.ts";

type May = Outputs["session"]["current"]["may"];

/** Every page of the settings, with what one needs to open it. */
const settingsPages: readonly { label: string; href: string; needs: Permission }[] = [
  { label: "General", href: paths.settings(), needs: "read" },
  { label: "Members", href: paths.members(), needs: "read" },
  { label: "Teams", href: paths.teams(), needs: "read" },
  { label: "Channels", href: paths.channels(), needs: "read" },
  { label: "Tokens", href: paths.tokens(), needs: "manageTokens" },
  { label: "Audit log", href: paths.audit(), needs: "readAudit" },
];

/** The heading and the tabs that the pages of the settings share. */
export function SettingsFrame({ may, children }: { may: May; children: ReactNode }) {
  const tabs = settingsPages.filter((page) => may[page.needs]);
  return (
    <div className="flex flex-col gap-8">
      <PageHeader title="Settings" />
      {tabs.length > 1 && <LinkTabs label="Settings" tabs={tabs} />}
      {children}
    </div>
  );
}
