"use client";
import { type Figure, latencyText, percentText } from "#components/charts/figure.ts";
import { FigureView } from "#components/charts/figure-view.tsx";
import { Section } from "#components/ui/section.tsx";
import type { IncidentPage } from "#server/api/types.ts";
import type { SeriesPoint } from "#server/domain/release-series.ts";

/** What users feel, over time: the share that fails, or how long the slow ones take. */
export function IncidentChart({ page: { incident, series } }: { page: IncidentPage }) {
  if (series.before.length + series.since.length === 0) return null;
  const isSlow = incident.slowerThanMs !== null;
  const measured = ({ p95Ms, errors, requests }: SeriesPoint) => {
    if (isSlow) return p95Ms;
    return requests === 0 ? null : (errors / requests) * 100;
  };
  const pointsOf = (points: readonly SeriesPoint[], key: string) =>
    points.map((point) => ({ at: Date.parse(point.at), values: { [key]: measured(point) } }));
  const figure: Figure = {
    title: isSlow ? "p95 latency" : "Requests that fail",
    format: isSlow ? latencyText : percentText,
    lines: [
      { key: "since", name: "Since it began", look: "front" },
      { key: "before", name: "Before", look: "back" },
    ],
    points: [...pointsOf(series.before, "before"), ...pointsOf(series.since, "since")],
  };
  return (
    <Section title={figure.title} className="gap-3">
      <FigureView figure={figure} markers={[{ at: Date.parse(incident.beganAt), label: "it began" }]} />
    </Section>
  );
}
