"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Bug } from "lucide-react";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { ReleaseErrors as Errors } from "#server/api/types.ts";
import type { Review } from "#server/domain/review.ts";
import { sourceWords } from "#server/domain/signal-source.ts";
import { ErrorsTable } from "./errors-table.tsx";
import type { ReleaseView } from "./use-release-view.ts";

const [watchedRefreshMs, refreshMs] = [15_000, 60_000];

type Asked = { data: Errors | undefined; error: Parameters<typeof requestProblem>[0] | null };

/** What was told of errors while a deployment is watched. */
export function ReviewErrors({ review: { deploymentId, state } }: { review: Review }) {
  const trpc = useTRPC();
  const refetchInterval = state === "open" ? watchedRefreshMs : (false as const);
  const asked = useQuery(trpc.reviews.errors.queryOptions({ deploymentId }, { refetchInterval }));
  return <ErrorsSection asked={asked} description="From half an hour before the switch on." />;
}

/** What a release told of errors in the time that is shown. */
export function ReleaseErrors({ view }: { view: ReleaseView }) {
  const trpc = useTRPC();
  const options = { placeholderData: keepPreviousData, refetchInterval: refreshMs };
  const asked = useQuery(trpc.releases.errors.queryOptions(view.input, options));
  return <ErrorsSection asked={asked} description="In the time that is shown." />;
}

function ErrorsSection({ asked: { data, error }, description }: { asked: Asked; description: string }) {
  const source = data?.source == null ? "" : ` ${capitalised(sourceWords[data.source])}.`;
  return (
    <Section title="Errors" description={`${description}${source}`}>
      {error !== null && data === undefined ? (
        <div className="pt-3">
          <Callout tone="attention" title="The errors could not be read">
            {requestProblem(error).message}
          </Callout>
        </div>
      ) : data === undefined ? (
        <div className="py-3">
          <SkeletonLines count={3} />
        </div>
      ) : data.errors.length === 0 ? (
        <NoErrors isTold={data.isTold} />
      ) : (
        <ErrorsTable told={data} />
      )}
    </Section>
  );
}

function NoErrors({ isTold }: { isTold: boolean }) {
  if (isTold) return <p className="py-3 text-muted">Neither of the two told of an error in this time.</p>;
  return (
    <EmptyState icon={<Bug />} title="No errors told">
      Services tell of errors by OpenTelemetry (exceptions on spans and in logs) or by Sentry’s SDKs. Then it
      stands here which are new with a release, and which lines they come from.
    </EmptyState>
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
