import { Section } from "#components/ui/section.tsx";
import { definitions, intervalText } from "#server/domain/insight-words.ts";
import type { VerdictTrials } from "#server/domain/insights.ts";
import { Definition } from "./definition.tsx";

/** How often our own verdict calls a release worse that it holds against itself. */
export function VerdictTrialsSection({ verdictTrials }: { verdictTrials: VerdictTrials }) {
  const { trials, falseAlarms, rate } = verdictTrials;
  return (
    <Section title="False alarms of the verdict" className="gap-2">
      {rate === null ? (
        <p className="py-2 text-muted">
          No data: no release in production served enough in these days to be held against itself.
        </p>
      ) : (
        <p className="pt-2">
          <span className="font-semibold text-xl tracking-tight">{intervalText(rate)}</span>{" "}
          <span className="text-muted">
            {falseAlarms.toLocaleString("en")} of {trials.toLocaleString("en")} half hours in which a release
            was held against itself were called worse; 1 % is promised
          </span>
        </p>
      )}
      <Definition>{definitions.verdictTrials}</Definition>
    </Section>
  );
}
