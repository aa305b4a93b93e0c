import type { Metadata } from "next";
import { SettingsPage } from "#components/settings/settings-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function Page() {
  const api = await openPage("/settings");
  const [session, facts] = await Promise.all([api.session.current(), api.installation.facts()]);
  return <SettingsPage session={session} initial={facts} />;
}
