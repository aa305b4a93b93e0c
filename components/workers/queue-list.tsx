import Link from "next/link";
import { deploymentTitle } from "#components/deployments/deployment-words.ts";
import { ScheduledTime } from "#components/deployments/scheduled-time.tsx";
import { WaitText } from "#components/deployments/wait-text.tsx";
import { paths } from "#components/paths.ts";
import { TextWithCode } from "#components/ui/text-with-code.tsx";
import { Time } from "#components/ui/time.tsx";
import type { WorkersPage } from "#server/api/types.ts";

/** What waits, in the order in which it was asked for: its place, behind what, why, and for how long. */
export function QueueList({ queue }: { queue: WorkersPage["queue"] }) {
  return (
    <ol aria-label="Queue" className="divide-y border-y">
      {queue.map((deployment) => (
        <li key={deployment.id} className="flex flex-col gap-y-0.5 py-2.5">
          <span className="flex flex-wrap items-baseline justify-between gap-x-4">
            <Link href={paths.deployment(deployment.serviceSlug, deployment.id)} className="link font-medium">
              {deployment.serviceName}: {deploymentTitle(deployment)}
            </Link>
            <span className="text-muted text-sm">
              asked for <Time at={deployment.requestedAt} />
            </span>
          </span>
          <span className="max-w-prose text-muted">
            <TextWithCode>{deployment.waitingFor}</TextWithCode>
          </span>
          <span className="text-muted text-sm">
            <Place deployment={deployment} />
            {deployment.ahead !== null && deployment.waitsUpToMs !== null && (
              <>
                {" "}
                <WaitText ms={deployment.waitsUpToMs} />
              </>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** `1st in the queue of Production, behind deployment 12.` */
function Place({ deployment }: { deployment: WorkersPage["queue"][number] }) {
  const { position, ahead, serviceSlug, environmentName } = deployment;
  if (position === null) return <ScheduledTime deployment={deployment} />;
  return (
    <>
      {position === 1 ? "Next" : `Number ${position}`} in its queue for {environmentName}
      {ahead !== null && (
        <>
          , behind{" "}
          <Link href={paths.deployment(serviceSlug, ahead.id)} className="link">
            deployment {ahead.id}
          </Link>
        </>
      )}
      .
    </>
  );
}
