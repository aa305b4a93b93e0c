"use client";
import { useMutation } from "@tanstack/react-query";
import { Rocket, Save } from "lucide-react";
import { toast } from "sonner";
import { PlanNotes } from "#components/deployments/plan-notes.tsx";
import { SettingChanges } from "#components/deployments/setting-changes.tsx";
import { useKeepingPlan } from "#components/deployments/use-plan.ts";
import { useRequest } from "#components/deployments/use-request.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { wrappingClass } from "#components/ui/button-class.ts";
import { Callout } from "#components/ui/callout.tsx";
import { Section } from "#components/ui/section.tsx";
import { actLabel } from "#server/domain/act-labels.ts";
import { compareConfigurable, compareSecrets, type SettingChange } from "#server/domain/compare-settings.ts";
import { changeBetween, layConfiguration } from "#server/domain/configuration.ts";
import type { ConfigurationView } from "#server/domain/configuration-views.ts";
import { stopOf } from "#server/domain/reasons.ts";
import type { Draft } from "./use-draft.ts";

export type ConfigurationOutcomeProps = { view: ConfigurationView; draft: Draft };

/** What a deployment of the configuration as it stands above would change, and the button that asks for it. */
export function ConfigurationOutcome({ view, draft }: ConfigurationOutcomeProps) {
  const { environment, newest, running, release } = view;
  const isWaiting = newest !== null && newest.id !== running?.id;
  if (!draft.isEdited && (!isWaiting || release === null)) return null;
  const changes = changesOf(view, draft);
  return (
    <Section title={`What this changes in ${environment.name}`}>
      {changes.length === 0 ? (
        <p className="py-2 text-muted">Nothing for the instances: they get the same values as now.</p>
      ) : (
        <SettingChanges changes={changes} />
      )}
      <div className="flex flex-col gap-3 pt-3">
        {draft.isOvertaken && <Overtaken view={view} draft={draft} />}
        {release === null ? (
          <SaveForFirst view={view} draft={draft} />
        ) : (
          <DeployIt view={view} draft={draft} />
        )}
      </div>
    </Section>
  );
}

/** Against what runs, not against what is saved: that is what a deployment changes. */
function changesOf({ running, release }: ConfigurationView, draft: Draft): SettingChange[] {
  const own = release?.own ?? { instances: 1, env: {} };
  return [
    ...compareConfigurable(layConfiguration(own, running), layConfiguration(own, draft.content)),
    ...compareSecrets(running?.secrets ?? {}, draft.content.secrets),
  ];
}

function Overtaken({ view: { newest }, draft }: ConfigurationOutcomeProps) {
  return (
    <Callout
      tone="attention"
      role="status"
      title={`Version ${newest?.version} was made meanwhile`}
      actions={<Button onClick={draft.discard}>Start over from version {newest?.version}</Button>}
    >
      {newest?.madeByName} changed the configuration while you edited. Yours cannot be saved over it.
    </Callout>
  );
}

function DeployIt({ view, draft }: ConfigurationOutcomeProps) {
  const { serviceSlug, environment, release } = view;
  const place = { serviceSlug, environmentSlug: environment.slug };
  const plan = useKeepingPlan(place, "configure");
  const request = useRequest();
  const label = actLabel("configure", {
    sha: "",
    releaseNumber: release?.number ?? null,
    environmentSlug: environment.slug,
  });
  const stop = draft.isOvertaken
    ? "Somebody made a newer version: start over from that one."
    : (stopOf(plan.data?.reasons ?? [])?.text ?? null);
  return (
    <>
      <PlanNotes plan={plan} />
      <Problem error={request.error} title="It was not started, and nothing was saved" />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          icon={<Rocket />}
          className={wrappingClass}
          refusal={stop}
          disabled={plan.data === undefined}
          loading={request.isPending || request.isSuccess}
          onClick={() => request.mutate({ ...place, kind: "configure", ...wishOf(draft) })}
        >
          {label}
        </Button>
        <DiscardButton draft={draft} />
      </div>
    </>
  );
}

function SaveForFirst({ view, draft }: ConfigurationOutcomeProps) {
  const { serviceSlug: slug, environment } = view;
  const trpc = useTRPC();
  const save = useMutation(
    trpc.configurations.save.mutationOptions({
      onSuccess: ({ version }) => {
        toast.success(`Version ${version} is saved.`);
        draft.discard();
      },
    }),
  );
  return (
    <>
      <p className="text-muted text-sm">Nothing is live in {environment.name} yet.</p>
      <Problem error={save.error} title="It was not saved" />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          icon={<Save />}
          className={wrappingClass}
          refusal={draft.isOvertaken ? "Somebody made a newer version: start over from that one." : null}
          loading={save.isPending}
          onClick={() => save.mutate({ slug, environmentSlug: environment.slug, ...wishOf(draft) })}
        >
          Save for the first deployment to {environment.slug}
        </Button>
        <DiscardButton draft={draft} />
      </div>
    </>
  );
}

function DiscardButton({ draft }: { draft: Draft }) {
  if (!draft.isEdited) return null;
  return <Button onClick={draft.discard}>Discard the edits</Button>;
}

function Problem({ error, title }: { error: unknown; title: string }) {
  if (error === null) return null;
  const { message, field } = requestProblem(error);
  const name = field?.match(/^(?:variables|secrets)\.(.+)$/)?.[1];
  return (
    <Callout tone="failed" role="alert" title={title}>
      {name === undefined ? message : `${name}: ${message}`}
    </Callout>
  );
}

function wishOf({ base, content, typed }: Draft) {
  return { change: changeBetween(base, content, typed), baseVersion: base?.version ?? 0 };
}
