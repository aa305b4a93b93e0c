"use client";
import { useQuery } from "@tanstack/react-query";
import { SingleKeySwitch } from "#components/frame/single-key-switch.tsx";
import { ThemeMenu } from "#components/frame/theme-choices.tsx";
import { useTRPC } from "#components/trpc.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Outputs } from "#server/api/types.ts";
import { InstallationFindings } from "./installation-findings.tsx";
import { SignOutEverywhere } from "./sign-out-everywhere.tsx";
import { TourRemoval } from "./tour-removal.tsx";

export type SettingsPageProps = {
  session: Outputs["session"]["current"];
  initial: Outputs["installation"]["facts"];
};

/** Is everything connected? */
export function SettingsPage({ session, initial }: SettingsPageProps) {
  const trpc = useTRPC();
  const { data: facts } = useQuery(
    trpc.installation.facts.queryOptions(undefined, { initialData: initial, refetchInterval: 10_000 }),
  );
  const { name, email, role } = session.user;
  return (
    <div className="flex max-w-3xl flex-col gap-10">
      <Section title="You">
        <DefinitionList
          items={[
            { term: "Name", value: name },
            { term: "E-mail", value: email },
            { term: "Role", value: role },
            { term: "Sessions", value: <SignOutEverywhere /> },
          ]}
        />
      </Section>
      <Section title="This browser">
        <div className="flex flex-col gap-4">
          <SingleKeySwitch />
          <span className="flex items-center gap-2">
            Theme <ThemeMenu />
          </span>
        </div>
      </Section>
      <Section title="Installation">
        <InstallationFindings facts={facts} />
      </Section>
      {facts.tour !== null && (
        <Section title="Tour">
          <TourRemoval slug={facts.tour.serviceSlug} />
        </Section>
      )}
    </div>
  );
}
