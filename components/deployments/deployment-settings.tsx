"use client";
import { useQuery } from "@tanstack/react-query";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { DeploymentDetail } from "#server/domain/read-models.ts";
import { SettingChanges } from "./setting-changes.tsx";

/** What this deployment changed in the configuration that was live before it. */
export function DeploymentSettings({ deployment }: { deployment: DeploymentDetail }) {
  const trpc = useTRPC();
  const { id, configuration, previousRelease } = deployment;
  const changes = useQuery(trpc.deployments.settings.queryOptions({ id }));
  // The first one has nothing to be compared with.
  if (previousRelease === null || changes.data === null) return null;
  const version = configuration === null ? undefined : `With version ${configuration.version}`;
  return (
    <Section title="What changes in the configuration" description={version}>
      {changes.isPending && (
        <div className="py-3">
          <SkeletonLines count={2} />
        </div>
      )}
      {changes.isError && (
        <div className="pt-3">
          <Callout tone="attention" title="The configurations could not be compared">
            {requestProblem(changes.error).message}
          </Callout>
        </div>
      )}
      {changes.data?.length === 0 && <p className="py-2 text-muted">Nothing.</p>}
      {changes.data !== undefined && changes.data.length > 0 && <SettingChanges changes={changes.data} />}
    </Section>
  );
}
