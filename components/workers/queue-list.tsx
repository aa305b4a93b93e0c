import Link from "next/link";
import { deploymentTitle } from "#components/deployments/deployment-words.ts";
import { paths } from "#components/paths.ts";
import { Duration } from "#components/ui/duration.tsx";
import { Time } from "#components/ui/time.tsx";
import type { WorkersPage } from "#server/api/types.ts";

/** What waits, in the order in which it will start, and why. */
export function QueueList({ queue }: { queue: WorkersPage["queue"] }) {
  return (
    <ol className="divide-y border-y">
      {queue.map((deployment) => (
        <li key={deployment.id} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 py-2.5">
          <Link href={paths.deployment(deployment.serviceSlug, deployment.id)} className="link font-medium">
            {deployment.serviceName}: {deploymentTitle(deployment)}
          </Link>
          <span className="min-w-0 grow text-muted">{deployment.waitingFor}</span>
          {deployment.expectedMs !== null && (
            <span className="text-muted text-sm">
              takes up to <Duration ms={deployment.expectedMs} />
            </span>
          )}
          <Time at={deployment.requestedAt} className="text-sm" />
        </li>
      ))}
    </ol>
  );
}
