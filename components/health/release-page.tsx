"use client";
import { useQuery } from "@tanstack/react-query";
import { CommitLines } from "#components/deployments/commit-lines.tsx";
import { NoteSection } from "#components/feed/note-form.tsx";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import type { ReleasePage } from "#server/api/types.ts";
import { ReleaseCharts } from "./release-charts.tsx";
import { ReleaseControls } from "./release-controls.tsx";
import { ReleaseErrors } from "./release-errors.tsx";
import { ReleaseRoutes } from "./release-routes.tsx";
import { ReleaseStints } from "./release-stints.tsx";
import { useReleaseView } from "./use-release-view.ts";

/** Was this release good? */
export function ReleasePageView({ initial }: { initial: ReleasePage }) {
  const trpc = useTRPC();
  const { serviceSlug: slug, release } = initial;
  const { data: page } = useQuery(
    trpc.releases.page.queryOptions({ slug, number: release.number }, { initialData: initial }),
  );
  const view = useReleaseView(page);
  return (
    <div className="flex flex-col gap-8">
      <Header page={page} />
      {view === null ? (
        <p className="text-muted">{page.serviceName} has no environment: nothing can be said of it.</p>
      ) : (
        <>
          <ReleaseControls page={page} view={view} />
          <ReleaseCharts page={page} view={view} />
          <ReleaseErrors view={view} />
          <ReleaseRoutes page={page} view={view} />
        </>
      )}
      <ReleaseStints page={page} view={view} />
      <Section title="Note for stakeholders" className="gap-3">
        <NoteSection slug={slug} sha={release.sha} subjects={[release.subject]} />
      </Section>
      <Commits page={page} />
    </div>
  );
}

function Header({ page: { release, serviceName, stints } }: { page: ReleasePage }) {
  const liveIn = [
    ...new Set(stints.filter(({ to }) => to === null).map(({ environmentName }) => environmentName)),
  ];
  return (
    <PageHeader
      title={`Release #${release.number} of ${serviceName}`}
      status={
        release.badReason !== null ? (
          <Status look="soft" tone="failed" word="bad" />
        ) : liveIn.length > 0 ? (
          <Status look="soft" tone="live" word={`live in ${liveIn.join(", ")}`} />
        ) : undefined
      }
      description={
        <>
          <span className="wrap-anywhere">{release.subject}</span> ·{" "}
          <Digest value={release.sha} kind="commit" />
          {release.badReason !== null && <p className="wrap-anywhere">{release.badReason}</p>}
        </>
      }
    />
  );
}

function Commits({ page: { serviceSlug: slug, release } }: { page: ReleasePage }) {
  const trpc = useTRPC();
  const commits = useQuery(trpc.releases.commits.queryOptions({ slug, number: release.number }));
  const since = commits.data?.sinceNumber ?? null;
  return (
    <Section title={since === null ? "Commits in it" : `Commits in it since #${since}`}>
      {commits.isPending && (
        <div className="py-3">
          <SkeletonLines count={3} />
        </div>
      )}
      {commits.isError && (
        <div className="pt-3">
          <Callout tone="attention" title="The commits could not be read">
            {requestProblem(commits.error).message}
          </Callout>
        </div>
      )}
      {commits.isSuccess && (
        <CommitLines
          changes={commits.data.commits}
          label="Commits in it"
          empty="None that the repository still has."
        />
      )}
    </Section>
  );
}
