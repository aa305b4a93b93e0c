"use client";
import { useQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { useState } from "react";
import { PlaceHold } from "#components/holds/place-hold.tsx";
import { readsOnly } from "#components/identity/role-words.ts";
import { SettingsList } from "#components/registration/settings-list.tsx";
import { RepositoryAccess } from "#components/repositories/repository-access.tsx";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { ServicePage } from "#server/api/types.ts";
import { whyNoMirror } from "#server/domain/mirror.ts";
import { AboutForm } from "./about-form.tsx";
import { AutomationForm } from "./automation-form.tsx";
import { ConditionSwitches } from "./condition-switches.tsx";
import { MirrorForm } from "./mirror-form.tsx";
import { PublicityForm } from "./publicity-form.tsx";
import { QueueSwitches } from "./queue-switches.tsx";
import { RemoveService } from "./remove-service.tsx";
import { Stakeholders } from "./stakeholders.tsx";
import { TelemetrySection } from "./telemetry-section.tsx";
import { TypedSettingsForm } from "./typed-settings-form.tsx";
import { WorkerLabelForm } from "./worker-label-form.tsx";

/** What the service is called, by what settings it is deployed, and how it goes away. */
export function ServiceSettingsTab({ service }: { service: ServicePage }) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const refusal = session.data?.may.manageServices === false ? readsOnly : null;
  return (
    <div className="flex max-w-3xl flex-col gap-10">
      {refusal !== null && <Callout title="You can look at these settings">{refusal}</Callout>}
      <Section title="About" className="gap-4">
        <AboutForm service={service} refusal={refusal} />
      </Section>
      <RepositoryAccess slug={service.slug} refusal={refusal} />
      {service.typedSettings !== null && (
        <Section
          title="Settings typed here"
          description={`Used in place of ${service.settingsPath} from the next deployment on.`}
          className="gap-4"
        >
          <TypedSettingsForm slug={service.slug} stored={service.typedSettings} refusal={refusal} />
        </Section>
      )}
      <NewestSettings service={service} />
      <Section
        title="Conditions"
        description="What a machine checks of a commit before it is deployed. Nobody waits for anybody, and a switch-back is never asked."
        className="gap-6"
      >
        {service.environments.map((view) => (
          <ConditionSwitches
            key={view.serviceEnvironmentId}
            slug={service.slug}
            view={view}
            isDisabled={refusal !== null}
          />
        ))}
      </Section>
      <Section
        title="Queue"
        description="In each environment one deployment runs at a time, and others wait in order."
      >
        <QueueSwitches service={service} isDisabled={refusal !== null} />
        <div className="pt-3">
          <PlaceHold service={service} />
        </div>
      </Section>
      <Section
        title="Automatic deployments"
        description="What is deployed by itself: by the same conditions, holds and queue, and each commit once. A switch-back pauses it."
        className="gap-6"
      >
        {service.environments.map((view, index) => (
          <AutomationForm
            key={view.serviceEnvironmentId}
            slug={service.slug}
            view={view}
            nameBefore={service.environments[index - 1]?.environment.name ?? null}
            defaultBranch={service.defaultBranch}
            refusal={refusal}
          />
        ))}
      </Section>
      <Section
        title="Workers"
        description="A label keeps deployments for workers that have it, such as those in a network or with a tool that others lack. Without one any worker takes them."
        className="gap-6"
      >
        {service.environments.map((view) => (
          <WorkerLabelForm
            key={view.serviceEnvironmentId}
            slug={service.slug}
            view={view}
            refusal={refusal}
          />
        ))}
      </Section>
      <Stakeholders slug={service.slug} name={service.name} refusal={refusal} />
      <Section title="Public feed">
        <PublicityForm service={service} refusal={refusal} />
      </Section>
      <MirrorSection service={service} refusal={refusal} />
      <TelemetrySection service={service} refusal={refusal} />
      <Section title="Remove" className="gap-3">
        <RemoveService service={service} refusal={refusal} />
      </Section>
    </div>
  );
}

/** Nothing where there is no environment to copy requests to. */
function MirrorSection({ service, refusal }: { service: ServicePage; refusal: string | null }) {
  const forms = service.environments.map((view) => ({
    view,
    targets: service.environments
      .map(({ environment }) => environment)
      .filter((to) => whyNoMirror(view.environment, to) === null),
  }));
  if (forms.every(({ targets }) => targets.length === 0)) return null;
  return (
    <Section
      title="Mirrored traffic"
      description="A share of what users ask of one environment is asked of another, too: a new release meets real requests before it meets users."
      className="gap-6"
    >
      {forms
        .filter(({ targets }) => targets.length > 0)
        .map(({ view, targets }) => (
          <MirrorForm
            key={view.serviceEnvironmentId}
            slug={service.slug}
            view={view}
            targets={targets}
            refusal={refusal}
          />
        ))}
    </Section>
  );
}

/** What the next deployment would go by. */
function NewestSettings({ service }: { service: ServicePage }) {
  const trpc = useTRPC();
  const choices = service.environments.map(({ environment }) => ({
    value: environment.slug,
    label: environment.name,
  }));
  const [environmentSlug, setEnvironmentSlug] = useState(choices[0]?.value ?? "");
  const { data, error } = useQuery(
    trpc.services.settings.queryOptions(
      { slug: service.slug, environmentSlug },
      { enabled: environmentSlug !== "" },
    ),
  );
  return (
    <Section
      title="What the next deployment goes by"
      actions={
        <Select
          aria-label="Environment"
          options={choices}
          value={environmentSlug}
          onValueChange={setEnvironmentSlug}
        />
      }
    >
      {error !== null && <Callout tone="failed">{error.message}</Callout>}
      {data === undefined && error === null && <SkeletonLines count={6} />}
      {data !== undefined && (
        <>
          <p className="pt-2 pb-1 text-muted text-sm">
            {data.from === "file"
              ? `From ${service.settingsPath} at ${data.sha.slice(0, 7)}, the newest commit of ${service.defaultBranch}.`
              : "As typed here."}
          </p>
          {data.problem !== null && (
            <Callout
              tone="failed"
              title={
                data.line === null
                  ? "The settings cannot be used"
                  : `${service.settingsPath}, line ${data.line}`
              }
            >
              {data.problem}
            </Callout>
          )}
          {data.settings !== null && <SettingsList settings={data.settings} />}
          {data.fileText !== null && (
            <details>
              <summary className="flex cursor-pointer items-center gap-2 py-2 text-muted text-sm">
                <FileText aria-hidden className="size-4" /> The file
              </summary>
              <CodeBlock code={data.fileText} label={service.settingsPath} />
            </details>
          )}
        </>
      )}
    </Section>
  );
}
