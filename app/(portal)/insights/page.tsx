import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { InsightsPageView } from "#components/insights/insights-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { insightPathQuery } from "#server/api/insight-query.ts";
import { found } from "../../found.ts";

export const metadata: Metadata = { title: "Insights" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ searchParams }: Props) {
  const api = await openPage("/insights");
  const { data: query } = insightPathQuery.safeParse(await searchParams);
  if (query === undefined) notFound();
  return <InsightsPageView page={await found(api.insights.page(query))} query={query} />;
}
