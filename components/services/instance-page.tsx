"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { PoolDot } from "#components/ui/pool-dot.tsx";
import type { InstanceDetail } from "#server/domain/read-models.ts";
import { InstanceOutput } from "./instance-output.tsx";
import { InstanceStatusMark } from "./instance-status.tsx";
import { ReleaseLink } from "./release-link.tsx";

/** What one instance of a service prints, while one looks. */
export function InstancePage({ initial }: { initial: InstanceDetail }) {
  const trpc = useTRPC();
  const { data: instance } = useQuery(
    trpc.instances.get.queryOptions({ id: initial.id }, { initialData: initial }),
  );
  const { host, port, status, restarts } = instance;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title={`Output of ${instance.serviceName} on port ${port}`} />
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <PoolDot pool={instance.pool} filled={status !== "ended"} />
        <InstanceStatusMark status={status} />
        <span>
          Release <ReleaseLink slug={instance.serviceSlug} number={instance.releaseNumber} className="link" />{" "}
          in {instance.environmentName}
        </span>
        <span className="font-mono">
          {host}:{port}
        </span>
        <span className="text-muted">
          on {instance.workerName}
          {restarts > 0 && `, restarted ${restarts} ×`}
        </span>
      </p>
      {status === "ended" && (
        <Callout title="This instance has ended">
          Nothing more comes. What it printed stays on its worker.
        </Callout>
      )}
      <InstanceOutput instanceId={instance.id} isActive={status !== "ended"} />
    </div>
  );
}
