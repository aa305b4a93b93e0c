import { type InsightPathQuery, paths } from "#components/paths.ts";
import { buttonClass } from "#components/ui/button-class.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { InsightsPage } from "#server/api/types.ts";
import { definitions, doraSource } from "#server/domain/insight-words.ts";
import { BatchRisk } from "./batch-risk.tsx";
import { CalmLine } from "./calm-line.tsx";
import { DoraTiles } from "./dora-tiles.tsx";
import { IncidentTimes } from "./incident-times.tsx";
import { InsightFilter } from "./insight-filter.tsx";
import { dayText } from "./period-words.ts";
import { ReviewsWatched } from "./reviews-watched.tsx";
import { VerdictTrialsSection } from "./verdict-trials.tsx";
import { WaitingChanges } from "./waiting-changes.tsx";

/** Are we getting better? Of a team or a service, never of a person. */
export function InsightsPageView({ page, query }: { page: InsightsPage; query: InsightPathQuery }) {
  const { insights, waiting } = page;
  const { scope, total } = insights;
  return (
    <div className="flex flex-col gap-8">
      <div className="flex flex-col gap-4">
        <PageHeader
          title="Are we getting better?"
          description={`${dayText(insights.from)} to ${dayText(insights.to)}, days in UTC; before is as many days right before.`}
          actions={
            <>
              <a href={paths.insightsFile("csv", query)} download className={buttonClass()}>
                CSV
              </a>
              <a href={paths.insightsFile("json", query)} download className={buttonClass()}>
                JSON
              </a>
            </>
          }
        />
        <InsightFilter page={page} query={query} />
        <CalmLine calm={insights.calm} />
      </div>
      <DoraTiles insights={insights} />
      <IncidentTimes figures={total} />
      <BatchRisk figures={total} />
      <WaitingChanges waiting={waiting} environment={scope.environment} />
      <ReviewsWatched figures={total} />
      <VerdictTrialsSection verdictTrials={insights.verdictTrials} />
      <p className="max-w-prose text-faint text-sm">
        The four measures are those of{" "}
        <a href={doraSource} className="link" rel="noreferrer">
          DORA
        </a>
        , meant for comparing a service with its own past, not teams with each other. {definitions.durations}
      </p>
    </div>
  );
}
