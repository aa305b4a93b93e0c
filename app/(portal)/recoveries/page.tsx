import type { Metadata } from "next";
import { RecoveriesPage } from "#components/incidents/recoveries-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Recoveries" };

export default async function Page() {
  const api = await openPage("/recoveries");
  return <RecoveriesPage initial={await api.incidents.recoveries()} />;
}
