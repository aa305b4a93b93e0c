"use client";
import { Bar, BarChart, CartesianGrid, ErrorBar, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

export interface IntervalPoint {
  name: string;
  /** 0 to 1; null where there is no data. */
  share: number | null;
  low: number;
  high: number;
}

const axis = { fontSize: 12, stroke: "var(--faint)", tickLine: false, axisLine: false } as const;

export type IntervalChartProps = {
  points: readonly IntervalPoint[];
  name: string;
  format: (share: number) => string;
};

/** Shares, each with the interval that it lies in; the table beside it says the same. */
export function IntervalChart({ points, name, format }: IntervalChartProps) {
  const data = points.map(({ name, share, low, high }) => ({
    name,
    share,
    around: share === null ? undefined : [share - low, high - share],
  }));
  return (
    <div aria-hidden className="h-44 w-full">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={data} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis {...axis} dataKey="name" interval={0} />
          <YAxis {...axis} width={44} tickCount={3} tickFormatter={format} domain={[0, "auto"]} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--hover)" }}
            formatter={(value) => format(Number(value))}
            contentStyle={{
              background: "var(--surface)",
              border: "1px solid var(--line-strong)",
              borderRadius: 6,
            }}
          />
          <Bar dataKey="share" name={name} fill="var(--accent)" maxBarSize={36} isAnimationActive={false}>
            <ErrorBar
              dataKey="around"
              width={6}
              strokeWidth={1.5}
              stroke="var(--ink)"
              isAnimationActive={false}
            />
          </Bar>
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
