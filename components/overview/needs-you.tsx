import Link from "next/link";
import { paths } from "#components/paths.ts";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { MatrixCell, Overview } from "#server/domain/read-models.ts";

interface Failure {
  serviceName: string;
  serviceSlug: string;
  environment: string;
  failed: NonNullable<MatrixCell["lastFailed"]>;
}

/** Failed deployments after which nothing succeeded; else one calm line. */
export function NeedsYou({ overview }: { overview: Overview }) {
  const failures = listFailures(overview);
  if (failures.length === 0) return <p className="text-muted">{calmLine(overview)}</p>;
  return (
    <Section title="Needs you">
      <ul className="divide-y border-y">
        {failures.map(({ serviceName, serviceSlug, environment, failed }) => (
          <li key={failed.deploymentId} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2.5">
            <Status
              tone="failed"
              word={failed.failedStep === null ? "failed" : `failed at ${failed.failedStep}`}
            />
            <Link href={paths.deployment(serviceSlug, failed.deploymentId)} className="link font-medium">
              {serviceName} in {environment}
            </Link>
            <span className="min-w-0 grow basis-80 text-muted wrap-anywhere">{failed.failureReason}</span>
            <Time at={failed.finishedAt} className="text-sm" />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function listFailures({ services, environments }: Overview): Failure[] {
  const name = (slug: string) => environments.find((environment) => environment.slug === slug)?.name ?? slug;
  return services.flatMap((service) =>
    service.cells.flatMap((cell) =>
      cell.lastFailed === null
        ? []
        : [
            {
              serviceName: service.name,
              serviceSlug: service.slug,
              environment: name(cell.environmentSlug),
              failed: cell.lastFailed,
            },
          ],
    ),
  );
}

function calmLine({ deploymentsLast24Hours: count, failedLast24Hours: failed }: Overview): string {
  if (count === 0) return "Nothing needs you. No deploys in the last 24 hours.";
  const deploys = count === 1 ? "1 deploy" : `${count} deploys`;
  const how = failed === 0 ? "all well" : `${failed} failed, none of them still open`;
  return `Nothing needs you. ${deploys} in the last 24 hours, ${how}.`;
}
