import type { Metadata } from "next";
import { WorkersPageView } from "#components/workers/workers-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Workers" };

export default async function Page() {
  const api = await openPage("/workers");
  return <WorkersPageView initial={await api.workers.list()} />;
}
