"use client";
import dynamic from "next/dynamic";
import { Section } from "#components/ui/section.tsx";
import { formatDurationMs } from "#server/domain/durations.ts";
import { commitBounds, lineBounds, sizeWords } from "#server/domain/insight-counts.ts";
import { definitions, intervalText, shareText } from "#server/domain/insight-words.ts";
import type { InsightFigures, SizeRisk } from "#server/domain/insights.ts";
import { Definition } from "./definition.tsx";

// Drawn where its size is known.
const IntervalChart = dynamic(
  () => import("#components/charts/interval-chart.tsx").then((file) => file.IntervalChart),
  { ssr: false, loading: () => <div className="h-44" /> },
);

/** Whether small deployments fail less often here, and are over sooner. */
export function BatchRisk({ figures }: { figures: InsightFigures }) {
  return (
    <Section
      title="Batch size against risk"
      description="How often deployments of each size needed a remedy, and how soon users were well again"
      className="gap-3"
    >
      <div className="grid gap-x-10 gap-y-6 pt-1 lg:grid-cols-2">
        <Risk unit="Commits" least={0} bounds={commitBounds} rows={figures.byCommits} />
        <Risk unit="Lines" least={0} bounds={lineBounds} rows={figures.byLines} />
      </div>
      <p className="max-w-prose text-muted text-sm">{definitions.confounding}</p>
      <Definition>{definitions.batch}</Definition>
    </Section>
  );
}

type RiskProps = { unit: string; least: number; bounds: readonly number[]; rows: readonly SizeRisk[] };

function Risk({ unit, least, bounds, rows }: RiskProps) {
  const named = rows.map((row) => ({ ...row, name: sizeWords(bounds, row.size, least) }));
  if (rows.every(({ deployments }) => deployments === 0)) {
    return <p className="py-2 text-muted">{unit}: no data. It comes with the next deployments.</p>;
  }
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <IntervalChart
        points={named.map(({ name, failRate }) => ({
          name: name.replace(" or more", "+"),
          share: failRate?.share ?? null,
          low: failRate?.low ?? 0,
          high: failRate?.high ?? 0,
        }))}
        name="Needed a remedy"
        format={shareText}
      />
      <table className="w-full text-left text-sm tabular-nums">
        <thead>
          <tr className="border-b text-muted">
            {[unit, "Deploys", "Needed a remedy", "Recovery"].map((name) => (
              <th key={name} scope="col" className="py-1 pr-3 align-bottom font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {named.map(({ size, name, deployments, failRate, recovery }) => (
            <tr key={size}>
              <th scope="row" className="py-1 pr-3 font-normal">
                {name}
              </th>
              <td className="py-1 pr-3">{deployments.toLocaleString("en")}</td>
              <td className="py-1 pr-3">{failRate === null ? "no data" : intervalText(failRate)}</td>
              <td className="py-1">
                {recovery.medianMs === null
                  ? "no data"
                  : `${formatDurationMs(recovery.medianMs)} (n ${recovery.n})`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
