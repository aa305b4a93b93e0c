"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { SuspectCommit, Suspects } from "#server/api/types.ts";
import type { Review } from "#server/domain/review.ts";
import { CommitDiff } from "./commit-diff.tsx";

const refreshMs = 30_000;
const mostSuspects = 5;

/** Which commits to look at first, where a release made something worse. */
export function ReviewSuspects({ review }: { review: Review }) {
  const asked = useSuspects(review, true);
  const { data, error } = asked;
  return (
    <Section title="Commits to look at first" description={data && descriptionOf(data)}>
      {error !== null && data === undefined && (
        <div className="pt-3">
          <Callout tone="attention" title="The commits could not be read">
            {requestProblem(error).message}
          </Callout>
        </div>
      )}
      {error === null && data === undefined && (
        <div className="py-3">
          <SkeletonLines count={3} />
        </div>
      )}
      {data !== undefined && <Ranked suspects={data} deploymentId={review.deploymentId} />}
    </Section>
  );
}

/** The commits of a release that made nothing worse, folded. */
export function ReviewCommits({ review }: { review: Review }) {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useSuspects(review, isOpen);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer border-b py-2 font-semibold">Commits in it</summary>
      {error !== null && data === undefined && (
        <p className="py-2 text-muted">{requestProblem(error).message}</p>
      )}
      {error === null && data === undefined && (
        <div className="py-3">
          <SkeletonLines count={3} />
        </div>
      )}
      {data !== undefined && <Listed suspects={data} deploymentId={review.deploymentId} />}
    </details>
  );
}

function useSuspects({ deploymentId, state }: Review, isWanted: boolean) {
  const trpc = useTRPC();
  const refetchInterval = state === "open" ? refreshMs : (false as const);
  return useQuery(
    trpc.reviews.suspects.queryOptions({ deploymentId }, { enabled: isWanted, refetchInterval }),
  );
}

function descriptionOf({ previousNumber, commits, total, isCut }: Suspects): string | undefined {
  if (previousNumber === null) return undefined;
  const of = isCut ? `the newest ${total}` : `${total} since #${previousNumber}`;
  return commits.some(({ reasons }) => reasons.length > 0)
    ? `Of ${of}, by where the errors come from and which routes became worse.`
    : `Of ${of}: nothing tells yet which of them it was, so the newest come first.`;
}

type RankedProps = { suspects: Suspects; deploymentId: number };

function Ranked({ suspects, deploymentId }: RankedProps) {
  const { commits, problem, total } = suspects;
  if (problem !== null || total === 0) return <Listed suspects={suspects} deploymentId={deploymentId} />;
  const suspected = commits.filter(({ reasons }) => reasons.length > 0).slice(0, mostSuspects);
  const first = suspected.length > 0 ? suspected : commits.slice(0, mostSuspects);
  const others = commits.filter((commit) => !first.includes(commit));
  return (
    <>
      <Commits label="Commits to look at first" commits={first} deploymentId={deploymentId} />
      {others.length > 0 && (
        <details>
          <summary className="cursor-pointer py-2 text-muted text-sm">
            {others.length} other commits in it
          </summary>
          <Listed suspects={{ ...suspects, commits: others }} deploymentId={deploymentId} />
        </details>
      )}
    </>
  );
}

function Listed({ suspects: { commits, problem, total }, deploymentId }: RankedProps) {
  if (problem !== null) return <p className="py-2 text-muted">{problem}</p>;
  if (total === 0) return <p className="py-2 text-muted">It brings no commit that was not live before.</p>;
  return <Commits label="Commits in it" commits={commits} deploymentId={deploymentId} />;
}

type CommitsProps = { label: string; commits: readonly SuspectCommit[]; deploymentId: number };

function Commits({ label, commits, deploymentId }: CommitsProps) {
  return (
    <ol aria-label={label} className="divide-y">
      {commits.map(({ sha, subject, committedAt, reasons, url }) => (
        <li key={sha} className="flex min-w-0 flex-col gap-1 py-3">
          <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
            <span className="min-w-0 grow basis-60 font-medium wrap-anywhere">
              {url === null ? (
                subject
              ) : (
                <a href={url} className="link" rel="noreferrer" target="_blank">
                  {subject}
                </a>
              )}
            </span>
            <span className="flex flex-wrap items-baseline gap-x-3 text-muted text-sm">
              <Time at={committedAt} layout="relative" />
              <Digest value={sha} kind="commit" />
            </span>
          </span>
          {reasons.map((reason) => (
            <span key={reason} className="text-muted text-sm wrap-anywhere">
              It {reason}.
            </span>
          ))}
          <CommitDiff deploymentId={deploymentId} sha={sha} />
        </li>
      ))}
    </ol>
  );
}
