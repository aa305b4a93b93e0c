"use client";
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";

export interface TwoLinesPoint {
  /** Milliseconds of Unix time. */
  at: number;
  ofNew: number | null;
  ofOld: number | null;
}

export type TwoLinesProps = {
  points: readonly TwoLinesPoint[];
  names: { ofNew: string; ofOld: string };
  /** Where traffic moved. */
  switchAt: number;
  format: (value: number) => string;
};

const axis = { fontSize: 12, stroke: "var(--faint)", tickLine: false, axisLine: false } as const;
const time = (at: number) => `${new Date(at).toISOString().slice(11, 16)} UTC`;

/** The new release and the one before over time; the table beside it says the same. */
export function TwoLines({ points, names, switchAt, format }: TwoLinesProps) {
  return (
    <div aria-hidden className="h-56 w-full">
      <ResponsiveContainer width="100%" height="100%">
        <LineChart
          data={[...points]}
          margin={{ top: 12, right: 8, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            {...axis}
            dataKey="at"
            type="number"
            scale="time"
            domain={["dataMin", "dataMax"]}
            tickFormatter={(at: number) => time(at).slice(0, 5)}
            minTickGap={40}
          />
          <YAxis {...axis} width={56} tickFormatter={format} domain={[0, "auto"]} />
          <ReferenceLine
            x={switchAt}
            stroke="var(--muted)"
            strokeDasharray="3 3"
            label={{ value: "switch", position: "insideTopRight", fontSize: 11, fill: "var(--muted)" }}
          />
          <Tooltip
            isAnimationActive={false}
            labelFormatter={(at) => time(Number(at))}
            formatter={(value) => format(Number(value))}
            contentStyle={{
              background: "var(--surface)",
              border: "1px solid var(--line-strong)",
              borderRadius: 6,
            }}
          />
          <Line
            dataKey="ofOld"
            name={names.ofOld}
            stroke="var(--faint)"
            strokeWidth={1.5}
            dot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="ofNew"
            name={names.ofNew}
            stroke="var(--accent)"
            strokeWidth={2}
            dot={false}
            isAnimationActive={false}
          />
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}
