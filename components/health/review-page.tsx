"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { ReviewPage as Page } from "#server/api/types.ts";
import { type Review, releasePlace, verdictSentence, waitingSentence } from "#server/domain/review.ts";
import { sourceWords } from "#server/domain/signal-source.ts";
import { ReviewErrors } from "./release-errors.tsx";
import { ReviewCharts } from "./review-charts.tsx";
import { ReviewNumbers } from "./review-numbers.tsx";
import { ReviewCommits, ReviewSuspects } from "./review-suspects.tsx";
import { reviewLook, watchedText } from "./review-words.ts";

/** Did this release make anything worse? */
export function ReviewPage({ initial }: { initial: Page }) {
  const trpc = useTRPC();
  const { deploymentId } = initial.review;
  const { data } = useQuery(trpc.reviews.page.queryOptions({ deploymentId }, { initialData: initial }));
  const { review, source, series } = data;
  const isWorse = review.outcome?.answer === "worse";
  return (
    <div className="flex max-w-4xl flex-col gap-8">
      <PageHeader
        title={releasePlace(review)}
        status={<Status look="soft" {...reviewLook(review)} />}
        description={
          <>
            {review.subject} ·{" "}
            {review.releaseNumber !== null && (
              <>
                <Link href={paths.release(review.serviceSlug, review.releaseNumber)} className="link">
                  The release
                </Link>{" "}
                ·{" "}
              </>
            )}
            <Link href={paths.deployment(review.serviceSlug, deploymentId)} className="link">
              The deployment
            </Link>{" "}
            · {sourceWords[source]}
          </>
        }
      />
      <Verdict review={review} />
      {isWorse && <ReviewSuspects review={review} />}
      <ReviewNumbers review={review} />
      <ReviewErrors review={review} />
      <ReviewCharts review={review} series={series} />
      {!isWorse && <ReviewCommits review={review} />}
    </div>
  );
}

/** The answer as a sentence, and what to do about it. */
function Verdict({ review }: { review: Review }) {
  const { outcome, previousNumber, serviceSlug, environmentSlug } = review;
  const isWorse = outcome?.answer === "worse";
  const waiting = waitingSentence(outcome);
  return (
    <Section title="Verdict" className="gap-4">
      <p className="text-lg wrap-anywhere">{verdictSentence(outcome, previousNumber)}</p>
      {isWorse && outcome.control === "before-after" && (
        <p className="text-muted">
          The new release was held against the time before, and something else may have changed meanwhile. A
          share of the traffic for a while before the switch tells the two apart.
        </p>
      )}
      {waiting !== null && <p className="text-muted">{waiting}</p>}
      <p className="text-muted">
        {watchedText(review)}
        {review.state === "open" && (
          <>
            , until <Time at={review.watchUntil} />
          </>
        )}
        {review.watchedAt !== null && (
          <>
            , <Time at={review.watchedAt} />
          </>
        )}
        .
      </p>
      <div className="flex flex-wrap gap-2">
        {isWorse && (
          <ButtonLink
            variant="primary"
            href={paths.deploy(serviceSlug, environmentSlug, { kind: "roll-forward" })}
          >
            Roll {environmentSlug} forward
          </ButtonLink>
        )}
        {previousNumber !== null && (
          <ButtonLink href={paths.deploy(serviceSlug, environmentSlug, { kind: "switch-back" })}>
            Switch {environmentSlug} back
          </ButtonLink>
        )}
        <SignOff review={review} />
      </div>
    </Section>
  );
}

function SignOff({ review }: { review: Review }) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const act = useAct(trpc.reviews.pathKey());
  const signOff = useMutation(trpc.reviews.signOff.mutationOptions());
  if (review.state === "watched" || session.data?.may.deploy !== true) return null;
  const { deploymentId } = review;
  return (
    <Button
      icon={<Eye />}
      loading={signOff.isPending}
      onClick={() => void act(() => signOff.mutateAsync({ deploymentId }), "Thank you for watching it.")}
    >
      I watched it
    </Button>
  );
}
