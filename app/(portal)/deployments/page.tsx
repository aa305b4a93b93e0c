import type { Metadata } from "next";
import { DeploymentsPage } from "#components/deployments/deployments-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Deployments" };

export default async function Page() {
  await openPage("/deployments");
  return <DeploymentsPage />;
}
