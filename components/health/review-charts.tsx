"use client";
import dynamic from "next/dynamic";
import type { TwoLinesPoint } from "#components/charts/two-lines.tsx";
import { Section } from "#components/ui/section.tsx";
import type { ReviewPage } from "#server/api/types.ts";
import type { SeriesPoint } from "#server/domain/release-series.ts";
import type { Review } from "#server/domain/review.ts";

// Drawn where its size is known.
const TwoLines = dynamic(() => import("#components/charts/two-lines.tsx").then((file) => file.TwoLines), {
  ssr: false,
  loading: () => <div className="h-56" />,
});

type Figure = {
  title: string;
  value: (point: SeriesPoint) => number | null;
  format: (value: number) => string;
};

const figures: readonly Figure[] = [
  {
    title: "Error rate",
    value: ({ errors, requests }) => (requests === 0 ? null : (errors / requests) * 100),
    format: (value) => `${value.toFixed(value < 1 ? 2 : 1)} %`,
  },
  { title: "p95 latency", value: ({ p95Ms }) => p95Ms, format: (value) => `${Math.round(value)} ms` },
  {
    title: "Requests a second",
    value: ({ requests, seconds }) => requests / seconds,
    format: (value) => value.toFixed(1),
  },
];

/** The new release and the one before, from half an hour before the switch on; each with a table of the same. */
export function ReviewCharts({ review, series }: { review: Review; series: ReviewPage["series"] }) {
  if (series.ofNew.length + series.ofOld.length === 0) return null;
  const names = {
    ofNew: `#${review.releaseNumber ?? "new"}`,
    ofOld: review.previousNumber === null ? "before" : `#${review.previousNumber}`,
  };
  return (
    <>
      {figures.map((figure) => (
        <Section key={figure.title} title={figure.title} className="gap-3">
          <TwoLines
            points={pointsOf(series, figure)}
            names={names}
            switchAt={Date.parse(review.openedAt)}
            format={figure.format}
          />
          <p className="flex flex-wrap gap-x-4 text-sm">
            <span className="font-medium text-accent">{names.ofNew}</span>
            <span className="text-muted">{names.ofOld}</span>
          </p>
          <FigureTable figure={figure} points={pointsOf(series, figure)} names={names} />
        </Section>
      ))}
    </>
  );
}

function pointsOf({ ofNew, ofOld }: ReviewPage["series"], { value }: Figure): TwoLinesPoint[] {
  const points = new Map<number, TwoLinesPoint>();
  const point = (at: string) => {
    const known = points.get(Date.parse(at)) ?? { at: Date.parse(at), ofNew: null, ofOld: null };
    points.set(known.at, known);
    return known;
  };
  for (const one of ofOld) point(one.at).ofOld = value(one);
  for (const one of ofNew) point(one.at).ofNew = value(one);
  return [...points.values()].sort((one, other) => one.at - other.at);
}

type FigureTableProps = { figure: Figure; points: TwoLinesPoint[]; names: { ofNew: string; ofOld: string } };

function FigureTable({ figure, points, names }: FigureTableProps) {
  const cell = (value: number | null) => (value === null ? "" : figure.format(value));
  return (
    <details>
      <summary className="cursor-pointer py-1 text-muted text-sm">{figure.title} as a table</summary>
      <table className="w-full max-w-xl text-left text-sm tabular-nums">
        <thead>
          <tr className="border-b text-muted">
            <th scope="col" className="py-1 pr-4 font-medium">
              UTC
            </th>
            <th scope="col" className="py-1 pr-4 font-medium">
              {names.ofNew}
            </th>
            <th scope="col" className="py-1 font-medium">
              {names.ofOld}
            </th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ at, ofNew, ofOld }) => (
            <tr key={at}>
              <th scope="row" className="py-0.5 pr-4 font-normal">
                {new Date(at).toISOString().slice(11, 19)}
              </th>
              <td className="py-0.5 pr-4">{cell(ofNew)}</td>
              <td className="py-0.5">{cell(ofOld)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
