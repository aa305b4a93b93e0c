import type { Metadata } from "next";
import { EndPage } from "#components/feed/subscription-pages.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "By e-mail", robots: { index: false }, referrer: "no-referrer" };

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  await openPage("/subscriptions/end/[token]");
  return <EndPage token={(await params).token} />;
}
