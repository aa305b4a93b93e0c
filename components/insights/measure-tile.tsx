"use client";
import dynamic from "next/dynamic";
import { useId } from "react";
import type { PeriodPoint } from "#components/charts/period-chart.tsx";
import { Definition } from "./definition.tsx";

// Drawn where its size is known.
const PeriodChart = dynamic(
  () => import("#components/charts/period-chart.tsx").then((file) => file.PeriodChart),
  {
    ssr: false,
    loading: () => <div className="h-36" />,
  },
);

export type MeasureTileProps = {
  title: string;
  /** The figure in words; null where there is no data. */
  value: string | null;
  /** From how many, and what else belongs to it. */
  facts: readonly string[];
  /** What it was in the days before; null where there is nothing to compare with. */
  before: string | null;
  definition: string;
  points: readonly PeriodPoint[];
  shape: "bars" | "line";
  names: { value: string; upper?: string };
  format: (value: number) => string;
  formatScale?: (value: number) => string;
};

/** One measure: the figure large, from how many, what it was before, its course, and how it is counted. */
export function MeasureTile(props: MeasureTileProps) {
  const { title, value, facts, before, definition, ...course } = props;
  const headingId = useId();
  return (
    <section aria-labelledby={headingId} className="flex min-w-0 flex-col gap-2 border-t pt-3">
      <h2 id={headingId} className="font-medium text-muted text-sm">
        {title}
      </h2>
      <p className={value === null ? "text-faint text-xl" : "font-semibold text-2xl tracking-tight"}>
        {value ?? "no data"}
      </p>
      <p className="flex min-h-5 flex-wrap content-start gap-x-3 text-muted text-sm md:min-h-10">
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
        {before !== null && <span>before: {before}</span>}
      </p>
      <PeriodChart {...course} />
      <CourseTable title={title} {...course} />
      <Definition>{definition}</Definition>
    </section>
  );
}

type CourseTableProps = Pick<MeasureTileProps, "title" | "points" | "names" | "format">;

function CourseTable({ title, points, names, format }: CourseTableProps) {
  const cell = (value: number | null | undefined) => (value == null ? "no data" : format(value));
  return (
    <details className="text-sm">
      <summary className="w-fit cursor-pointer py-0.5 text-muted">{title} as a table</summary>
      <table className="w-full max-w-md text-left tabular-nums">
        <thead>
          <tr className="border-b text-muted">
            <th scope="col" className="py-1 pr-4 font-medium">
              From (UTC)
            </th>
            <th scope="col" className="py-1 pr-4 font-medium">
              {names.value}
            </th>
            {names.upper !== undefined && (
              <th scope="col" className="py-1 font-medium">
                {names.upper}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {points.map(({ name, value, upper }) => (
            <tr key={name}>
              <th scope="row" className="py-0.5 pr-4 font-normal">
                {name}
              </th>
              <td className="py-0.5 pr-4">{cell(value)}</td>
              {names.upper !== undefined && <td className="py-0.5">{cell(upper)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
