"use client";
import { formatDurationMs } from "#server/domain/durations.ts";
import { definitions, frequencyText, intervalText, shareText } from "#server/domain/insight-words.ts";
import type { Insights, PeriodFigures, Spread } from "#server/domain/insights.ts";
import { MeasureTile } from "./measure-tile.tsx";
import { periodName, roughDuration } from "./period-words.ts";

/** The four measures of DORA. */
export function DoraTiles({ insights }: { insights: Insights }) {
  const { total, before } = insights;
  return (
    <div className="grid gap-x-10 gap-y-8 md:grid-cols-2">
      <FrequencyTile insights={insights} />
      <DurationTile
        insights={insights}
        title="Change lead time"
        spreadOf={({ leadTime }) => leadTime}
        facts={[`${countText(total.leadTime.n, "commit")}, median`, ...p90(total.leadTime)]}
        definition={definitions.leadTime}
      />
      <MeasureTile
        title="Change fail rate"
        value={total.failRate === null ? null : shareText(total.failRate.share)}
        facts={
          total.failRate === null
            ? ["0 deployments"]
            : [
                `${total.failed} of ${countText(total.deployments, "deployment")}`,
                `95 % interval ${shareText(total.failRate.low)} to ${shareText(total.failRate.high)}`,
              ]
        }
        before={before?.total.failRate == null ? null : intervalText(before.total.failRate)}
        definition={definitions.failRate}
        points={insights.periods.map((period) => ({
          name: periodName(period, insights.periodUnit),
          value: period.figures.failRate?.share ?? null,
        }))}
        shape="bars"
        names={{ value: "Needed a remedy" }}
        format={shareText}
      />
      <DurationTile
        insights={insights}
        title="Failed deployment recovery time"
        spreadOf={({ recovery }) => recovery}
        facts={[
          `${countText(total.recovery.n, "recovery", "recoveries")}, median`,
          ...p90(total.recovery),
          ...(total.unrecovered > 0 ? [`${total.unrecovered} not over yet`] : []),
        ]}
        definition={definitions.recovery}
      />
    </div>
  );
}

function FrequencyTile({ insights }: { insights: Insights }) {
  const { total, deploymentsPerDay, before, periods, periodUnit } = insights;
  return (
    <MeasureTile
      title="Deployment frequency"
      value={deploymentsPerDay === null ? null : frequencyText(deploymentsPerDay)}
      facts={[countText(total.deployments, "deployment")]}
      before={before?.deploymentsPerDay == null ? null : frequencyText(before.deploymentsPerDay)}
      definition={definitions.deployments}
      points={periods.map((period) => ({
        name: periodName(period, periodUnit),
        value: period.deploymentsPerDay === null ? null : period.figures.deployments,
      }))}
      shape="bars"
      names={{ value: `Deployments in the ${periodUnit}` }}
      format={(value) => value.toLocaleString("en")}
    />
  );
}

type DurationTileProps = {
  insights: Insights;
  title: string;
  spreadOf: (figures: PeriodFigures) => Spread;
  facts: readonly string[];
  definition: string;
};

function DurationTile({ insights, title, spreadOf, facts, definition }: DurationTileProps) {
  const { medianMs } = spreadOf(insights.total);
  const beforeMs = insights.before === null ? null : spreadOf(insights.before.total).medianMs;
  return (
    <MeasureTile
      title={title}
      value={medianMs === null ? null : formatDurationMs(medianMs)}
      facts={facts}
      before={beforeMs === null ? null : formatDurationMs(beforeMs)}
      definition={definition}
      points={insights.periods.map((period) => {
        const { medianMs: value, p90Ms: upper } = spreadOf(period.figures);
        return { name: periodName(period, insights.periodUnit), value, upper };
      })}
      shape="line"
      names={{ value: "Median", upper: "90th percentile" }}
      format={formatDurationMs}
      formatScale={roughDuration}
    />
  );
}

const p90 = ({ p90Ms }: Spread) => (p90Ms === null ? [] : [`p90 ${formatDurationMs(p90Ms)}`]);

function countText(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
