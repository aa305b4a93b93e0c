"use client";
import { useQuery } from "@tanstack/react-query";
import { Activity } from "lucide-react";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Outputs } from "#server/api/types.ts";
import { releasePlace, verdictSentence } from "#server/domain/review.ts";
import { reviewLook } from "./review-words.ts";

/** What is being watched now, mine first. */
export function ReviewsPage({ initial }: { initial: Outputs["reviews"]["open"] }) {
  const trpc = useTRPC();
  const { data: reviews } = useQuery(trpc.reviews.open.queryOptions(undefined, { initialData: initial }));
  return (
    <div className="flex max-w-4xl flex-col gap-6">
      <PageHeader
        title="Reviews"
        description="Releases that went to production in the last half hour, and what is known of them so far."
      />
      {reviews.length === 0 ? (
        <EmptyState icon={<Activity />} title="Nothing is being watched">
          Each release that goes to production is watched for half an hour: whether it made anything worse
          stands here.
        </EmptyState>
      ) : (
        <ul className="divide-y border-y">
          {reviews.map((review) => (
            <li key={review.deploymentId} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-3">
              <Status {...reviewLook(review)} />
              <span className="min-w-0 grow basis-80 wrap-anywhere">
                <Link href={paths.review(review.deploymentId)} className="link font-medium">
                  {releasePlace(review)}
                </Link>{" "}
                {review.isMine && <Badge>yours</Badge>}
                <span className="block text-muted text-sm">
                  {verdictSentence(review.outcome, review.previousNumber)}
                </span>
              </span>
              <Time at={review.openedAt} layout="relative" className="text-faint text-sm" />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
