import type { Metadata } from "next";
import { AuditPage } from "#components/settings/audit/audit-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Audit log" };

export default async function Page() {
  const api = await openPage("/settings/audit");
  return <AuditPage check={await api.audit.check()} />;
}
