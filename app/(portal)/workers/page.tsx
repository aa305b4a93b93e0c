import type { Metadata } from "next";
import { WorkersPageView } from "#components/workers/workers-page.tsx";
import { serverCaller } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Workers" };

export default async function Page() {
  const api = await serverCaller();
  return <WorkersPageView initial={await api.workers.list()} />;
}
