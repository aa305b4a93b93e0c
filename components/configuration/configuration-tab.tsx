"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryState } from "nuqs";
import { readsOnly } from "#components/identity/role-words.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { ServicePage } from "#server/api/types.ts";
import { ConfigurationEditor } from "./configuration-editor.tsx";
import { ConfigurationHistory } from "./configuration-history.tsx";
import { useDraft } from "./use-draft.ts";

/** What is set beside the release, environment by environment; each change is a version that a deployment brings. */
export function ConfigurationTab({ service }: { service: ServicePage }) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const [wanted, setWanted] = useQueryState("environment");
  const places = service.environments.map(({ environment }) => environment);
  const here = places.find(({ slug }) => slug === wanted) ?? places[0];
  if (session.data?.may.deploy === false) {
    return <Callout title="Values are shown to those who may change them">{readsOnly}</Callout>;
  }
  if (here === undefined) return null;
  return (
    <div className="flex max-w-4xl flex-col gap-5">
      <div className="flex items-start justify-between gap-x-8 gap-y-3 max-sm:flex-col">
        <p className="text-muted">
          Values that are set here count over those of the release. They reach the instances by a deployment.
        </p>
        {places.length > 1 && (
          <Select
            aria-label="Environment"
            className="sm:w-44! sm:shrink-0"
            options={places.map(({ slug, name }) => ({ value: slug, label: name }))}
            value={here.slug}
            onValueChange={(slug) => void setWanted(slug)}
          />
        )}
      </div>
      <Configuration key={here.slug} service={service} environmentSlug={here.slug} />
    </div>
  );
}

function Configuration({ service, environmentSlug }: { service: ServicePage; environmentSlug: string }) {
  const trpc = useTRPC();
  const view = useQuery(trpc.configurations.get.queryOptions({ slug: service.slug, environmentSlug }));
  const draft = useDraft(view.data?.newest ?? null);
  if (view.isError) {
    return (
      <Callout tone="failed" role="alert" title="The configuration could not be read">
        {requestProblem(view.error).message}
      </Callout>
    );
  }
  if (view.data === undefined) return <SkeletonLines count={6} />;
  const origin = service.typedSettings === null ? service.settingsPath : "settings typed here";
  return (
    <>
      <ConfigurationEditor view={view.data} draft={draft} origin={origin} />
      <ConfigurationHistory view={view.data} draft={draft} />
    </>
  );
}
