"use client";
import { useQuery } from "@tanstack/react-query";
import { NoteSection } from "#components/feed/note-form.tsx";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { DeploymentDetail } from "#server/domain/read-models.ts";
import { CommitLines } from "./commit-lines.tsx";

/** What stakeholders are told of it, with a draft from its commits. */
export function DeploymentNote({ deployment }: { deployment: DeploymentDetail }) {
  const trpc = useTRPC();
  const changes = useQuery(trpc.deployments.changes.queryOptions({ id: deployment.id }));
  const subjects = changes.data?.goingLive.commits.map(({ subject }) => subject) ?? [deployment.subject];
  return (
    <div id="note" className="scroll-mt-16">
      <Section title="Note for stakeholders" className="gap-3">
        <NoteSection slug={deployment.serviceSlug} sha={deployment.sha} subjects={subjects} />
      </Section>
    </div>
  );
}

/** The commits that came with this deployment, and those that went away by it. */
export function DeploymentChanges({ deployment }: { deployment: DeploymentDetail }) {
  const trpc = useTRPC();
  const changes = useQuery(trpc.deployments.changes.queryOptions({ id: deployment.id }));
  const before = deployment.previousRelease === null ? "" : ` since #${deployment.previousRelease.number}`;
  return (
    <Section title={`Commits in it${before}`}>
      {changes.isPending && (
        <div className="py-3">
          <SkeletonLines count={3} />
        </div>
      )}
      {changes.isError && (
        <div className="pt-3">
          <Callout tone="attention" title="The commits could not be read">
            {requestProblem(changes.error).message}
          </Callout>
        </div>
      )}
      {changes.isSuccess && (
        <>
          <CommitLines changes={changes.data.goingLive} label="Commits in it" empty="No new commit." />
          {changes.data.goingAway.total > 0 && (
            <>
              <h3 className="border-b pt-5 pb-2 font-medium">No longer live by it</h3>
              <CommitLines changes={changes.data.goingAway} label="Commits no longer live" empty="" />
            </>
          )}
        </>
      )}
    </Section>
  );
}
