import type { Metadata } from "next";
import { ReviewsPage } from "#components/health/reviews-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Reviews" };

export default async function Page() {
  const api = await openPage("/reviews");
  return <ReviewsPage initial={await api.reviews.open()} />;
}
