"use client";
import { FigureView } from "#components/charts/figure-view.tsx";
import { Section } from "#components/ui/section.tsx";
import type { ReviewPage } from "#server/api/types.ts";
import type { Review } from "#server/domain/review.ts";
import { figureOf, type NamedSeries, reviewMeasures } from "./release-figures.ts";

/** The new release and the one before, from half an hour before the switch on; each with a table of the same. */
export function ReviewCharts({ review, series }: { review: Review; series: ReviewPage["series"] }) {
  if (series.ofNew.length + series.ofOld.length === 0) return null;
  const { releaseNumber, previousNumber } = review;
  const lines: NamedSeries[] = [
    { key: "ofNew", name: `#${releaseNumber ?? "new"}`, look: "front", series: series.ofNew },
    {
      key: "ofOld",
      name: previousNumber === null ? "before" : `#${previousNumber}`,
      look: "back",
      series: series.ofOld,
    },
  ];
  return reviewMeasures.map((measure) => (
    <Section key={measure.title} title={measure.title} className="gap-3">
      <FigureView
        figure={figureOf(measure, lines)}
        markers={[{ at: Date.parse(review.openedAt), label: "switch" }]}
      />
    </Section>
  ));
}
