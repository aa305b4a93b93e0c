import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { DeploymentPage } from "#components/deployments/deployment-page.tsx";
import { paths } from "#components/paths.ts";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../../../found.ts";

type Props = { params: Promise<{ slug: string; id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, id } = await params;
  return { title: `Deployment ${id} of ${slug}` };
}

export default async function Page({ params }: Props) {
  const { slug, id } = await params;
  const api = await openPage("/services/[slug]/deployments/[id]");
  if (!/^[1-9]\d{0,14}$/.test(id)) notFound();
  const deployment = await found(api.deployments.get({ id: Number(id) }));
  if (deployment.serviceSlug !== slug) redirect(paths.deployment(deployment.serviceSlug, deployment.id));
  return <DeploymentPage initial={deployment} />;
}
