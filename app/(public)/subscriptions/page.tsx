import type { Metadata } from "next";
import { OutcomePage } from "#components/feed/subscription-pages.tsx";
import { openPage } from "#server/api/caller.ts";
import { canMail } from "#server/api/draw-feed.ts";

export const metadata: Metadata = { title: "By e-mail", robots: { index: false } };

type Query = { said?: string | string[]; service?: string | string[] };
const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

export default async function Page({ searchParams }: { searchParams: Promise<Query> }) {
  await openPage("/subscriptions");
  const { said, service } = await searchParams;
  return <OutcomePage said={first(said)} service={first(service)} canMail={canMail()} />;
}
