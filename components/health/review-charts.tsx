"use client";
import { FigureView } from "#components/charts/figure-view.tsx";
import { Section } from "#components/ui/section.tsx";
import type { ReviewPage } from "#server/api/types.ts";
import type { Review } from "#server/domain/review.ts";
import { figureOf, reviewMeasures } from "./release-figures.ts";

/** The new release and the one before, from half an hour before the switch on; each with a table of the same. */
export function ReviewCharts({ review, series }: { review: Review; series: ReviewPage["series"] }) {
  if (series.ofNew.length + series.ofOld.length === 0) return null;
  const names = {
    ofNew: `#${review.releaseNumber ?? "new"}`,
    ofOld: review.previousNumber === null ? "before" : `#${review.previousNumber}`,
  };
  return reviewMeasures.map((measure) => (
    <Section key={measure.title} title={measure.title} className="gap-3">
      <FigureView
        figure={figureOf(measure, series, names)}
        markers={[{ at: Date.parse(review.openedAt), label: "switch" }]}
      />
    </Section>
  ));
}
