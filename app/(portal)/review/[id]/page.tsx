import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ReviewPage } from "#components/health/review-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../found.ts";

export const metadata: Metadata = { title: "Health review" };

type Props = { params: Promise<{ id: string }> };

export default async function Page({ params }: Props) {
  const { id } = await params;
  const api = await openPage("/review/[id]");
  if (!/^[1-9]\d{0,14}$/.test(id)) notFound();
  return <ReviewPage initial={await found(api.reviews.page({ deploymentId: Number(id) }))} />;
}
