import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { PortalShell } from "#components/frame/portal-shell.tsx";
import { paths } from "#components/paths.ts";
import { pathHeader, serverCaller } from "#server/api/caller.ts";
import { getSession } from "#server/services/identity/get-session.ts";

export const dynamic = "force-dynamic";

/** No page in here is drawn without a session; after signing in one comes back to it. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const session = await getSession();
  if (session === null) redirect(paths.signIn((await headers()).get(pathHeader) ?? undefined));
  const api = await serverCaller();
  return (
    <PortalShell user={session.user} services={await api.services.list()}>
      {children}
    </PortalShell>
  );
}
