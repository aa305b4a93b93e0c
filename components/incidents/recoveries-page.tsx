"use client";
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Maximize, Minimize, Trophy } from "lucide-react";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import type { RecoveriesPage as Page } from "#server/api/types.ts";
import { formatDurationMs } from "#server/domain/durations.ts";
import { RecoveryTile } from "./recovery-tile.tsx";

const highlights = [
  ["fastestId", "Fastest in 30 days"],
  ["noticedFirstId", "Noticed first"],
  ["smallestFixId", "Smallest fix"],
] as const satisfies [keyof Page["bests"], string][];

/** What can we be proud of? */
export function RecoveriesPage({ initial }: { initial: Page }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.incidents.recoveries.queryOptions(undefined, { initialData: initial }));
  const [isWall, setWall] = useQueryState("wall", parseAsBoolean.withDefault(false));
  const { cards, bests, teams } = data;
  const namesOf = (id: number) => highlights.flatMap(([key, name]) => (bests[key] === id ? [name] : []));
  return (
    <div
      className={clsx(
        "flex flex-col gap-8",
        isWall && "fixed inset-0 z-50 overflow-y-auto bg-canvas p-6 sm:p-10",
      )}
    >
      <PageHeader
        title="Recoveries"
        description="Things break. This is how fast we were back, and whom to thank for it."
        actions={
          <Button
            icon={isWall ? <Minimize /> : <Maximize />}
            onClick={() => void setWall(isWall ? null : true)}
          >
            {isWall ? "Leave full screen" : "Full screen"}
          </Button>
        }
      />
      {cards.length === 0 ? (
        <EmptyState icon={<Trophy />} title="Nothing to recover from yet">
          When an incident ends, how fast and thanks to whom stands here.
        </EmptyState>
      ) : (
        <ul className={clsx("grid gap-4", isWall ? "md:grid-cols-2 2xl:grid-cols-3" : "lg:grid-cols-2")}>
          {cards.map((card) => (
            <RecoveryTile
              key={card.incident.id}
              card={card}
              highlights={namesOf(card.incident.id)}
              isLarge={isWall}
            />
          ))}
        </ul>
      )}
      {teams.length > 0 && (
        <Section
          title="Each beside its own past"
          description="The median of the last 30 days, and of the time before."
        >
          <ul className="divide-y">
            {teams.map(({ name, medianMs, pastMedianMs, bestMs }) => (
              <li key={name} className="flex flex-wrap gap-x-6 gap-y-1 py-2">
                <span className="min-w-40 font-medium">{name}</span>
                <span>{formatDurationMs(medianMs)}</span>
                <span className="text-muted">
                  {pastMedianMs === null ? "no past yet" : `${formatDurationMs(pastMedianMs)} before`}
                </span>
                <span className="text-muted">best ever {formatDurationMs(bestMs)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}
