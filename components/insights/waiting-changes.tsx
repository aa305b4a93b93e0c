import Link from "next/link";
import { paths } from "#components/paths.ts";
import { WaitingLine } from "#components/services/waiting-line.tsx";
import { Section } from "#components/ui/section.tsx";
import type { InsightsPage } from "#server/api/types.ts";

export type WaitingChangesProps = {
  waiting: InsightsPage["waiting"];
  environment: { slug: string; name: string };
};

/** What could go out now, the oldest first. */
export function WaitingChanges({ waiting, environment }: WaitingChangesProps) {
  return (
    <Section title={`Waiting for ${environment.name}`}>
      {waiting.length === 0 ? (
        <p className="py-2.5 text-muted">Nothing waits: what is merged is live.</p>
      ) : (
        <ul className="divide-y">
          {waiting.map((one) => (
            <li key={one.serviceSlug} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2.5">
              <Link href={paths.deploy(one.serviceSlug, environment.slug)} className="link font-medium">
                {one.serviceName}
              </Link>
              <WaitingLine waiting={one.waiting} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
