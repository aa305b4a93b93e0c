"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import type { WorkersPage } from "#server/api/types.ts";
import { ClashCallout } from "./clash-callout.tsx";
import { QueueList } from "./queue-list.tsx";
import { RouterList } from "./router-list.tsx";
import { WorkerList } from "./worker-list.tsx";

const slowPollMs = 5_000;

/** Who is working, what waits? */
export function WorkersPageView({ initial }: { initial: WorkersPage }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.workers.list.queryOptions(undefined, { initialData: initial, refetchInterval: slowPollMs }),
  );
  const session = useQuery(trpc.session.current.queryOptions());
  const manages = session.data?.may.manageInstallation === true;
  return (
    <div className="flex flex-col gap-8">
      <PageHeader
        title="Workers"
        description="Workers run the steps of deployments and look after instances; routers send them traffic."
      />
      <Section title="Workers">
        {data.workers.length === 0 ? (
          <EmptyState title="No worker">
            <Code>npm start</Code> runs one. On another machine: <Code>npx anytime deploy-worker</Code> with{" "}
            <Code>DATABASE_URL</Code> set.
          </EmptyState>
        ) : (
          <>
            <WorkerList workers={data.workers} manages={manages} />
            <div className="flex flex-col gap-2 pt-4 empty:hidden">
              {data.workers.map((worker) => (
                <ClashCallout key={worker.id} worker={worker} />
              ))}
            </div>
          </>
        )}
      </Section>
      <Section title="Queue">
        {data.queue.length === 0 ? (
          <p className="text-muted">Nothing waits.</p>
        ) : (
          <QueueList queue={data.queue} />
        )}
      </Section>
      <Section title="Routers">
        {data.routers.length === 0 ? (
          <EmptyState title="No router">
            Nobody can reach a service until one runs: <Code>npx anytime traffic-router</Code>.
          </EmptyState>
        ) : (
          <RouterList routers={data.routers} manages={manages} />
        )}
      </Section>
    </div>
  );
}
