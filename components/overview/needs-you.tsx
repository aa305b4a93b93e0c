"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { reviewLook } from "#components/health/review-words.ts";
import { incidentLook, placeOf as incidentPlace } from "#components/incidents/incident-words.ts";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { IncidentBrief } from "#server/domain/incident-views.ts";
import type { MissingNote } from "#server/domain/missing-note.ts";
import type { MatrixCell, Overview } from "#server/domain/read-models.ts";
import { type Review, releasePlace, verdictSentence } from "#server/domain/review.ts";
import { DismissNote } from "./dismiss-note.tsx";

interface Need {
  key: string;
  tone: Tone;
  word: string;
  place: string;
  href: string;
  text: string | null;
  at: string | null;
  action?: ReactNode;
}

/**
 * What users feel now, live releases that are marked as bad, failed deployments after which nothing succeeded, and what one has shipped oneself
 * without a word to its users; else one calm line.
 */
export function NeedsYou({ overview }: { overview: Overview }) {
  const trpc = useTRPC();
  const reviews = useQuery(trpc.reviews.open.queryOptions());
  const incidents = useQuery(trpc.incidents.ongoing.queryOptions());
  const needs = [
    ...(incidents.data ?? []).map(incidentOf),
    ...(reviews.data ?? []).flatMap(reviewOf),
    ...listNeeds(overview),
  ];
  if (needs.length === 0) return <p className="text-muted">{calmLine(overview)}</p>;
  return (
    <Section title="Needs you">
      <ul className="divide-y border-y">
        {needs.map(({ key, tone, word, place, href, text, at, action }) => (
          <li key={key} className="flex flex-wrap items-start gap-x-3 gap-y-1 py-2.5">
            <Status tone={tone} word={word} />
            <Link href={href} className="link font-medium">
              {place}
            </Link>
            <span className="min-w-0 grow basis-80 text-muted wrap-anywhere">{text}</span>
            <span className="flex flex-wrap items-center gap-x-3 gap-y-1 sm:ml-auto">
              {at !== null && <Time at={at} className="text-sm leading-5.5" />}
              {action}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function listNeeds({ services, environments, missingNotes }: Overview): Need[] {
  const name = (slug: string) => environments.find((environment) => environment.slug === slug)?.name ?? slug;
  const ofServices = services.flatMap((service) =>
    service.cells.flatMap((cell) => {
      const place = `${service.name} in ${name(cell.environmentSlug)}`;
      return [...badOf(cell, service.slug, place), ...failureOf(cell, service.slug, place)];
    }),
  );
  return [...ofServices, ...missingNotes.map(noteOf)];
}

function noteOf({ deploymentId, serviceSlug, sha, liveSince: at, ...missing }: MissingNote): Need {
  const { serviceName, releaseNumber, environmentName } = missing;
  return {
    key: `note ${deploymentId}`,
    tone: "attention",
    word: "no note",
    place: `${serviceName} in ${environmentName}`,
    href: paths.deploymentNote(serviceSlug, deploymentId),
    text: `#${releaseNumber} of ${serviceName} went out as a maintenance release. Say what changed for users.`,
    at,
    action: <DismissNote slug={serviceSlug} sha={sha} name={`#${releaseNumber} of ${serviceName}`} />,
  };
}

function incidentOf(incident: IncidentBrief): Need {
  const { id, beganAt: at, title: text } = incident;
  const href = paths.incident(id);
  return { key: `incident ${id}`, ...incidentLook(incident), place: incidentPlace(incident), href, text, at };
}

/** What one has shipped oneself and has to be watched, and what made something worse, whoever shipped it. */
function reviewOf(review: Review): Need[] {
  const isWorse = review.outcome?.answer === "worse";
  if (!isWorse && !review.isMine) return [];
  return [
    {
      key: `review ${review.deploymentId}`,
      ...reviewLook(review),
      place: releasePlace(review),
      href: paths.review(review.deploymentId),
      text: verdictSentence(review.outcome, review.previousNumber),
      at: review.openedAt,
    },
  ];
}

function badOf({ live, serviceEnvironmentId }: MatrixCell, slug: string, place: string): Need[] {
  if (live === null || live.badReason === null) return [];
  const href = paths.service(slug);
  const word = `#${live.number} is bad`;
  return [
    { key: `bad ${serviceEnvironmentId}`, tone: "failed", word, place, href, text: live.badReason, at: null },
  ];
}

function failureOf({ lastFailed }: MatrixCell, slug: string, place: string): Need[] {
  if (lastFailed === null) return [];
  const { deploymentId, failedStep, failureReason: text, finishedAt: at } = lastFailed;
  const word = failedStep === null ? "failed" : `failed at ${failedStep}`;
  return [
    {
      key: `failed ${deploymentId}`,
      tone: "failed",
      word,
      place,
      href: paths.deployment(slug, deploymentId),
      text,
      at,
    },
  ];
}

function calmLine({ deploymentsLast24Hours: count, failedLast24Hours: failed }: Overview): string {
  if (count === 0) return "Nothing needs you. No deploys in the last 24 hours.";
  const deploys = count === 1 ? "1 deploy" : `${count} deploys`;
  const how = failed === 0 ? "all well" : `${failed} failed, none of them still open`;
  return `Nothing needs you. ${deploys} in the last 24 hours, ${how}.`;
}
