"use client";
import type { ReactNode } from "react";
import { FigureView } from "#components/charts/figure-view.tsx";
import { requestProblem } from "#components/request-problem.ts";
import { Callout } from "#components/ui/callout.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { ReleaseCharts as Charts, ReleasePage } from "#server/api/types.ts";
import { figureOf, type Measure, type NamedSeries, releaseMeasures } from "./release-figures.ts";
import { type ReleaseView, useReleaseCharts } from "./use-release-view.ts";

/** Errors, throughput and latency of a release, and of the one before it. */
export function ReleaseCharts({ page, view }: { page: ReleasePage; view: ReleaseView }) {
  const charts = useReleaseCharts(view);
  if (charts.isError) {
    return (
      <Callout tone="attention" title="What was counted could not be read">
        {requestProblem(charts.error).message}
      </Callout>
    );
  }
  const { data } = charts;
  if (data === undefined) return <Grid>{() => <Skeleton className="h-68" />}</Grid>;
  if (data.ofNew.length + data.ofOld.length === 0) {
    return (
      <EmptyState title="Nothing was counted in this time">
        Nobody used it then, or it was too long ago to be kept. Choose another time or environment above.
      </EmptyState>
    );
  }
  const lines = linesOf(page.release.number, data);
  const steps = stepsOf(data);
  return (
    <Grid>
      {(measure) => (
        <FigureView
          figure={figureOf(measure, lines, steps)}
          markers={markersOf(data)}
          onChoose={(from, to) =>
            view.chooseTime({ from: new Date(from), to: new Date(to + data.stepSeconds * 1_000) })
          }
        />
      )}
    </Grid>
  );
}

/** What users feel first, then latency in three columns. */
function Grid({ children }: { children: (measure: Measure) => ReactNode }) {
  return (
    <div className="grid grid-cols-1 gap-x-8 gap-y-6 lg:grid-cols-6">
      {releaseMeasures.map((measure, place) => (
        <Section
          key={measure.title}
          title={measure.title}
          className={place < 2 ? "gap-2 lg:col-span-3" : "gap-2 lg:col-span-2"}
        >
          {children(measure)}
        </Section>
      ))}
    </div>
  );
}

function linesOf(number: number, { previousNumber, ofNew, ofOld, ofOldAligned }: Charts): NamedSeries[] {
  const line: NamedSeries = { key: "ofNew", name: `#${number}`, look: "front", series: ofNew };
  if (previousNumber === null) return [line];
  const old = `#${previousNumber}`;
  return [
    line,
    { key: "ofOld", name: `${old}, before it`, look: "back", series: ofOld },
    { key: "ofOldAligned", name: `${old} after its own switch`, look: "ghost", series: ofOldAligned },
  ];
}

function stepsOf({ from, to, stepSeconds }: Charts): number[] {
  const [begin, end, stepMs] = [Date.parse(from), Date.parse(to), stepSeconds * 1_000];
  return Array.from(
    { length: Math.max(0, Math.ceil((end - begin) / stepMs)) },
    (_, step) => begin + step * stepMs,
  );
}

function markersOf({ switches }: Charts) {
  return switches.map(({ at, releaseNumber, kind }) => ({
    at: Date.parse(at),
    label: releaseNumber === null ? kind : `#${releaseNumber}`,
  }));
}
