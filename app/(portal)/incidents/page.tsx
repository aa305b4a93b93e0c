import type { Metadata } from "next";
import { IncidentsPage } from "#components/incidents/incidents-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Incidents" };

export default async function Page() {
  const api = await openPage("/incidents");
  const [ongoing, past] = await Promise.all([api.incidents.ongoing(), api.incidents.past({})]);
  return <IncidentsPage ongoing={ongoing} past={past} />;
}
