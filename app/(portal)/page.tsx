import type { Metadata } from "next";
import { OverviewPage } from "#components/overview/overview-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Overview" };

export default async function Page() {
  const api = await openPage("/");
  return <OverviewPage initial={await api.overview.matrix()} />;
}
