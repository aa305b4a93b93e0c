import Link from "next/link";
import { paths } from "#components/paths.ts";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { MatrixCell, Overview } from "#server/domain/read-models.ts";

interface Need {
  key: string;
  word: string;
  place: string;
  href: string;
  text: string | null;
  at: string | null;
}

/** Live releases that are marked as bad, and failed deployments after which nothing succeeded; else one calm line. */
export function NeedsYou({ overview }: { overview: Overview }) {
  const needs = listNeeds(overview);
  if (needs.length === 0) return <p className="text-muted">{calmLine(overview)}</p>;
  return (
    <Section title="Needs you">
      <ul className="divide-y border-y">
        {needs.map(({ key, word, place, href, text, at }) => (
          <li key={key} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2.5">
            <Status tone="failed" word={word} />
            <Link href={href} className="link font-medium">
              {place}
            </Link>
            <span className="min-w-0 grow basis-80 text-muted wrap-anywhere">{text}</span>
            {at !== null && <Time at={at} className="text-sm" />}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function listNeeds({ services, environments }: Overview): Need[] {
  const name = (slug: string) => environments.find((environment) => environment.slug === slug)?.name ?? slug;
  return services.flatMap((service) =>
    service.cells.flatMap((cell) => {
      const place = `${service.name} in ${name(cell.environmentSlug)}`;
      return [...badOf(cell, service.slug, place), ...failureOf(cell, service.slug, place)];
    }),
  );
}

function badOf({ live, serviceEnvironmentId }: MatrixCell, slug: string, place: string): Need[] {
  if (live === null || live.badReason === null) return [];
  const href = paths.service(slug);
  const word = `#${live.number} is bad`;
  return [{ key: `bad ${serviceEnvironmentId}`, word, place, href, text: live.badReason, at: null }];
}

function failureOf({ lastFailed }: MatrixCell, slug: string, place: string): Need[] {
  if (lastFailed === null) return [];
  const { deploymentId, failedStep, failureReason: text, finishedAt: at } = lastFailed;
  const word = failedStep === null ? "failed" : `failed at ${failedStep}`;
  return [
    { key: `failed ${deploymentId}`, word, place, href: paths.deployment(slug, deploymentId), text, at },
  ];
}

function calmLine({ deploymentsLast24Hours: count, failedLast24Hours: failed }: Overview): string {
  if (count === 0) return "Nothing needs you. No deploys in the last 24 hours.";
  const deploys = count === 1 ? "1 deploy" : `${count} deploys`;
  const how = failed === 0 ? "all well" : `${failed} failed, none of them still open`;
  return `Nothing needs you. ${deploys} in the last 24 hours, ${how}.`;
}
