import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DeployPage } from "#components/deployments/deploy/deploy-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../../found.ts";

type Props = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Deploy ${(await params).slug}` };
}

export default async function Page({ params }: Props) {
  const { slug } = await params;
  const api = await openPage("/services/[slug]/deploy");
  const service = await found(api.services.get({ slug }));
  const [first, ...others] = service.environments.map((view) => view.environment);
  if (first === undefined) notFound();
  return <DeployPage service={{ slug, name: service.name }} environments={[first, ...others]} />;
}
