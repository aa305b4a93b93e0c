import { Section } from "#components/ui/section.tsx";
import { definitions, shareText } from "#server/domain/insight-words.ts";
import type { PeriodFigures } from "#server/domain/insights.ts";
import { Definition } from "./definition.tsx";

/** How many releases a person watched to the end. */
export function ReviewsWatched({ figures }: { figures: PeriodFigures }) {
  const { reviewsWatched: watched, reviewsUnwatched: unwatched } = figures;
  const all = watched + unwatched;
  return (
    <Section title="Reviews watched" className="gap-2">
      {all === 0 ? (
        <p className="py-2 text-muted">No data: no review ended in these days.</p>
      ) : (
        <p className="pt-2">
          <span className="font-semibold text-xl tracking-tight">{shareText(watched / all)}</span>{" "}
          <span className="text-muted">
            {watched.toLocaleString("en")} of {all.toLocaleString("en")} releases were watched by a person
          </span>
        </p>
      )}
      <Definition>{definitions.reviews}</Definition>
    </Section>
  );
}
