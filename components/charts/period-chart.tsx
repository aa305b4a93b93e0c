"use client";
import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";

export interface PeriodPoint {
  /** `3 Nov`, as the table beside it names the period. */
  name: string;
  /** Null where there is no data: nothing is drawn there. */
  value: number | null;
  /** A second line, such as a 90th percentile. */
  upper?: number | null;
}

export type PeriodChartProps = {
  points: readonly PeriodPoint[];
  /** Bars for how often, a line for how long. */
  shape: "bars" | "line";
  names: { value: string; upper?: string };
  format: (value: number) => string;
  /** Shorter, for the scale; as `format` where left out. */
  formatScale?: (value: number) => string;
};

const axis = { fontSize: 12, stroke: "var(--faint)", tickLine: false, axisLine: false } as const;

/** A measure over time; the table beside it says the same. */
export function PeriodChart({ points, shape, names, format, formatScale = format }: PeriodChartProps) {
  // A scale needs a top, also where nothing reaches above its bottom.
  const isAllZero = points.every(({ value }) => value === null || value === 0);
  return (
    <div aria-hidden className="h-36 w-full">
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart
          data={[...points]}
          margin={{ top: 8, right: 4, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis {...axis} dataKey="name" minTickGap={32} />
          <YAxis
            {...axis}
            width={52}
            tickCount={3}
            tickFormatter={formatScale}
            domain={[0, isAllZero ? 1 : "auto"]}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--hover)", stroke: "var(--line-strong)" }}
            formatter={(value) => format(Number(value))}
            contentStyle={{
              background: "var(--surface)",
              border: "1px solid var(--line-strong)",
              borderRadius: 6,
            }}
          />
          {shape === "bars" ? (
            <Bar
              dataKey="value"
              name={names.value}
              fill="var(--accent)"
              maxBarSize={28}
              isAnimationActive={false}
            />
          ) : (
            <Line
              dataKey="value"
              name={names.value}
              stroke="var(--accent)"
              strokeWidth={2}
              // A period between two without data has no line to either side.
              dot={{ r: 2, fill: "var(--accent)", strokeWidth: 0 }}
              isAnimationActive={false}
            />
          )}
          {names.upper !== undefined && (
            <Line
              dataKey="upper"
              name={names.upper}
              stroke="var(--faint)"
              strokeWidth={1.5}
              strokeDasharray="3 3"
              dot={{ r: 1.5, fill: "var(--faint)", strokeWidth: 0 }}
              isAnimationActive={false}
            />
          )}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}
