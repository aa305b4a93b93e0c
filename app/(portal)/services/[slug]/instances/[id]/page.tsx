import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { paths } from "#components/paths.ts";
import { InstancePage } from "#components/services/instance-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../../../found.ts";

type Props = { params: Promise<{ slug: string; id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, id } = await params;
  return { title: `Output of instance ${id} of ${slug}` };
}

export default async function Page({ params }: Props) {
  const { slug, id } = await params;
  const api = await openPage("/services/[slug]/instances/[id]");
  if (!/^[1-9]\d{0,14}$/.test(id)) notFound();
  const instance = await found(api.instances.get({ id: Number(id) }));
  if (instance.serviceSlug !== slug) redirect(paths.instance(instance.serviceSlug, instance.id));
  return <InstancePage initial={instance} />;
}
