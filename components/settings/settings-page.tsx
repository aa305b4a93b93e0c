"use client";
import { useQuery } from "@tanstack/react-query";
import { SingleKeySwitch } from "#components/frame/single-key-switch.tsx";
import { useTRPC } from "#components/trpc.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Outputs } from "#server/api/types.ts";
import { YourAccount } from "./account/your-account.tsx";
import { InstallationFindings } from "./installation-findings.tsx";
import { ShownEnvironments } from "./shown-environments.tsx";
import { TourRemoval } from "./tour-removal.tsx";

export type SettingsPageProps = {
  session: Outputs["session"]["current"];
  account: Outputs["session"]["account"];
  initial: Outputs["installation"]["facts"];
  /** Why a provider was not connected. */
  problem: string | null;
};

/** Is everything connected? */
export function SettingsPage({ session, account, initial, problem }: SettingsPageProps) {
  const trpc = useTRPC();
  const { data: facts } = useQuery(
    trpc.installation.facts.queryOptions(undefined, { initialData: initial, refetchInterval: 10_000 }),
  );
  return (
    <div className="flex max-w-3xl flex-col gap-10">
      <Section title="Your account">
        <YourAccount user={session.user} initial={account} problem={problem} />
      </Section>
      <Section title="This browser">
        <div className="py-3">
          <SingleKeySwitch />
        </div>
      </Section>
      <Section title="Installation">
        <InstallationFindings facts={facts} />
      </Section>
      <Section title="Public feed">
        <ShownEnvironments mayChange={session.may.manageInstallation} />
      </Section>
      {facts.tour !== null && (
        <Section title="Tour">
          <TourRemoval slug={facts.tour.serviceSlug} mayRemove={session.may.manageServices} />
        </Section>
      )}
    </div>
  );
}
