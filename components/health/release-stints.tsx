"use client";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { Button } from "#components/ui/button.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { Section } from "#components/ui/section.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ReleasePage, ReleaseStint } from "#server/api/types.ts";
import type { ReleaseView } from "./use-release-view.ts";

/** Where it had the traffic, and when; each of these times can be looked at. */
export function ReleaseStints({ page, view }: { page: ReleasePage; view: ReleaseView | null }) {
  return (
    <Section title="Where it ran">
      {page.stints.length === 0 ? (
        <p className="py-2 text-muted">It has not had all the traffic of any environment.</p>
      ) : (
        <ul aria-label="Where it ran" className="divide-y">
          {page.stints.map((stint) => (
            <li
              key={`${stint.environmentSlug} ${stint.deploymentId}`}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2"
            >
              <StintText slug={page.serviceSlug} stint={stint} />
              {view !== null && (
                <Button
                  size="small"
                  aria-label={`Look at it in ${stint.environmentName}, deployment ${stint.deploymentId}`}
                  onClick={() => view.chooseStint(stint)}
                >
                  Look at it
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function StintText({ slug, stint }: { slug: string; stint: ReleaseStint }) {
  const { environmentName, from, to, kind, deploymentId, previousNumber } = stint;
  return (
    <p className="min-w-0">
      <span className="font-medium">{environmentName}</span> from <Time at={from} layout="absolute" />
      {to === null ? (
        " on"
      ) : (
        <>
          {" "}
          for <Duration since={from} until={to} />
        </>
      )}
      <span className="text-muted">
        {" "}
        ·{" "}
        <Link href={paths.deployment(slug, deploymentId)} className="link">{`${kind} ${deploymentId}`}</Link>
        {previousNumber !== null && (
          <>
            {" "}
            after{" "}
            <Link href={paths.release(slug, previousNumber)} className="link">
              #{previousNumber}
            </Link>
          </>
        )}
      </span>
    </p>
  );
}
