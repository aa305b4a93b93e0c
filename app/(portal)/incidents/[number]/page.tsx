import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { IncidentPage } from "#components/incidents/incident-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../found.ts";

type Props = { params: Promise<{ number: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Incident ${(await params).number}` };
}

export default async function Page({ params }: Props) {
  const { number } = await params;
  const api = await openPage("/incidents/[number]");
  if (!/^[1-9]\d{0,14}$/.test(number)) notFound();
  return <IncidentPage initial={await found(api.incidents.page({ incidentId: Number(number) }))} />;
}
