"use client";
import { useState } from "react";
import {
  CartesianGrid,
  Line,
  LineChart,
  type MouseHandlerDataParam,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { type Figure, momentText, tickText } from "./figure.ts";

export type TimeLinesProps = {
  figure: Figure;
  /** Where something happened. */
  markers: readonly { at: number; label: string }[];
  /** Both in milliseconds of Unix time; a range is chosen with the pointer, and by buttons elsewhere. */
  onChoose?: (from: number, to: number) => void;
};

const axis = { fontSize: 12, stroke: "var(--faint)", tickLine: false, axisLine: false } as const;
const mostLabels = 6;

/** Lines over time, the first one in front; the table beside it says the same. */
export function TimeLines({ figure, markers, onChoose }: TimeLinesProps) {
  const { points, lines, format } = figure;
  const [chosen, setChosen] = useState<{ from: number; to: number } | null>(null);
  const spanMs = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
  const end = () => {
    if (chosen !== null && chosen.from !== chosen.to)
      onChoose?.(Math.min(chosen.from, chosen.to), Math.max(chosen.from, chosen.to));
    setChosen(null);
  };
  const drag = onChoose && {
    onMouseDown: (state: MouseHandlerDataParam) => {
      const at = atOf(state);
      if (at !== null) setChosen({ from: at, to: at });
    },
    onMouseMove: (state: MouseHandlerDataParam) => {
      const at = atOf(state);
      if (at !== null && chosen !== null) setChosen({ ...chosen, to: at });
    },
    onMouseUp: end,
    onMouseLeave: () => setChosen(null),
  };
  return (
    <div aria-hidden className={`h-56 w-full select-none ${onChoose ? "cursor-crosshair" : ""}`}>
      <ResponsiveContainer width="100%" height="100%">
        <LineChart
          data={points.map(({ at, values }) => ({ at, ...values }))}
          margin={{ top: 12, right: 8, bottom: 0, left: 0 }}
          accessibilityLayer={false}
          {...drag}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            {...axis}
            dataKey="at"
            type="number"
            scale="time"
            domain={["dataMin", "dataMax"]}
            tickFormatter={(at: number) => tickText(at, spanMs)}
            minTickGap={40}
          />
          <YAxis {...axis} width={60} tickFormatter={format} domain={[0, "auto"]} />
          {markers.map(({ at, label }) => (
            <ReferenceLine
              key={`${at} ${label}`}
              x={at}
              stroke="var(--muted)"
              strokeDasharray="3 3"
              label={
                markers.length > mostLabels
                  ? undefined
                  : { value: label, position: "insideTopRight", fontSize: 11, fill: "var(--muted)" }
              }
            />
          ))}
          <Tooltip
            isAnimationActive={false}
            labelFormatter={(at) => momentText(Number(at))}
            formatter={(value) => format(Number(value))}
            contentStyle={{
              background: "var(--surface)",
              border: "1px solid var(--line-strong)",
              borderRadius: 6,
            }}
          />
          {lines.toReversed().map(({ key, name, look }) => (
            <Line
              key={key}
              dataKey={key}
              name={name}
              {...looks[look]}
              strokeLinecap="round"
              dot={false}
              isAnimationActive={false}
            />
          ))}
          {chosen !== null && (
            <ReferenceArea x1={chosen.from} x2={chosen.to} fill="var(--accent)" fillOpacity={0.12} />
          )}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}

const looks = {
  front: { stroke: "var(--accent)", strokeWidth: 2 },
  back: { stroke: "var(--faint)", strokeWidth: 1.5 },
  ghost: { stroke: "var(--faint)", strokeWidth: 1.5, strokeDasharray: "2 4" },
} as const;

function atOf({ activeLabel }: MouseHandlerDataParam): number | null {
  return activeLabel === undefined ? null : Number(activeLabel);
}
