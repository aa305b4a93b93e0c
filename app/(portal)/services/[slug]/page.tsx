import type { Metadata } from "next";
import { ServicePageView } from "#components/services/service-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../found.ts";

type Props = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).slug };
}

export default async function Page({ params }: Props) {
  const api = await openPage("/services/[slug]");
  return <ServicePageView initial={await found(api.services.get({ slug: (await params).slug }))} />;
}
