import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ReleasePageView } from "#components/health/release-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../../../found.ts";

type Props = { params: Promise<{ slug: string; number: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, number } = await params;
  return { title: `Release #${number} of ${slug}` };
}

export default async function Page({ params }: Props) {
  const { slug, number } = await params;
  const api = await openPage("/services/[slug]/releases/[number]");
  if (!/^[1-9]\d{0,8}$/.test(number)) notFound();
  return <ReleasePageView initial={await found(api.releases.page({ slug, number: Number(number) }))} />;
}
