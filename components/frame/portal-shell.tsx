"use client";
import { signOut } from "next-auth/react";
import type { ReactNode } from "react";
import { LiveProvider } from "#components/live/live-provider.tsx";
import { LiveQueries } from "#components/live-queries.ts";
import { paths } from "#components/paths.ts";
import { DataProvider } from "#components/trpc.tsx";
import type { ServiceBrief } from "#server/domain/read-models.ts";
import type { FrameUser } from "./me-menu.tsx";
import { PortalFrame } from "./portal-frame.tsx";

export type PortalShellProps = { user: FrameUser; services: ServiceBrief[]; children: ReactNode };

/** Everything behind sign-in shares one source of data, one event stream and one frame. */
export function PortalShell({ user, services, children }: PortalShellProps) {
  const leave = async () => {
    await signOut({ redirect: false });
    window.location.assign(paths.signIn());
  };
  return (
    <DataProvider>
      <LiveProvider>
        <LiveQueries />
        <PortalFrame user={user} services={services} onSignOut={leave}>
          {children}
        </PortalFrame>
      </LiveProvider>
    </DataProvider>
  );
}
