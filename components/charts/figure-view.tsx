"use client";
import { clsx } from "clsx";
import dynamic from "next/dynamic";
import { type Figure, momentText } from "./figure.ts";
import type { TimeLinesProps } from "./time-lines.tsx";

// Drawn where its size is known.
const TimeLines = dynamic(() => import("./time-lines.tsx").then((file) => file.TimeLines), {
  ssr: false,
  loading: () => <div className="h-56" />,
});

/** A figure as a chart, with the names of its lines and a table of the same. */
export function FigureView(props: TimeLinesProps) {
  const { figure } = props;
  return (
    <>
      <TimeLines {...props} />
      <p className="flex flex-wrap gap-x-4 text-sm">
        {figure.lines.map(({ key, name, look }) => (
          <span key={key} className={look === "front" ? "font-medium text-accent" : "text-muted"}>
            {marks[look]} {name}
          </span>
        ))}
      </p>
      <FigureTable figure={figure} />
    </>
  );
}

const marks = { front: "━", back: "─", ghost: "┄" };

function FigureTable({ figure: { title, lines, points, format } }: { figure: Figure }) {
  const known = points.filter(({ values }) => Object.values(values).some((value) => value !== null));
  const cell = (value: number | null | undefined) => (value == null ? "" : format(value));
  return (
    <details>
      <summary className="cursor-pointer py-1 text-muted text-sm">{title} as a table</summary>
      <div className="max-h-96 overflow-auto">
        <table className="w-full max-w-xl text-left text-sm tabular-nums">
          <thead>
            <tr className="border-b text-muted">
              {["Time", ...lines.map(({ name }) => name)].map((heading, place) => (
                <th
                  key={heading}
                  scope="col"
                  className={clsx("py-1 font-medium", place < lines.length && "pr-4")}
                >
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {known.map(({ at, values }) => (
              <tr key={at}>
                <th scope="row" className="whitespace-nowrap py-0.5 pr-4 font-normal">
                  {momentText(at)}
                </th>
                {lines.map(({ key }) => (
                  <td key={key} className="py-0.5 pr-4">
                    {cell(values[key])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
