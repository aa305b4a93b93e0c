import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { IncidentPage } from "#components/incidents/incident-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../found.ts";

type Props = { params: Promise<{ n: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Incident ${(await params).n}` };
}

export default async function Page({ params }: Props) {
  const { n } = await params;
  const api = await openPage("/incidents/[n]");
  if (!/^[1-9]\d{0,14}$/.test(n)) notFound();
  return <IncidentPage initial={await found(api.incidents.page({ incidentId: Number(n) }))} />;
}
