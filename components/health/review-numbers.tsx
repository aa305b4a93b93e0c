import type { ReactNode } from "react";
import { Section } from "#components/ui/section.tsx";
import type { ReleaseNumbers } from "#server/domain/release-watch.ts";
import type { Review } from "#server/domain/review.ts";

const rows: readonly { name: string; value: (numbers: ReleaseNumbers) => ReactNode }[] = [
  { name: "Requests", value: ({ requests }) => requests.toLocaleString("en") },
  { name: "Errors", value: ({ errors }) => errors.toLocaleString("en") },
  {
    name: "Error rate",
    value: ({ errors, requests }) => (requests === 0 ? "–" : `${((errors / requests) * 100).toFixed(2)} %`),
  },
  { name: "p50", value: ({ p50Ms }) => latency(p50Ms) },
  { name: "p95", value: ({ p95Ms }) => latency(p95Ms) },
  {
    name: "p99",
    value: ({ p99Ms, requests }) => (requests < 1_000 ? "under 1,000 requests" : latency(p99Ms)),
  },
];

/** What was counted of both, for as long as they are compared. */
export function ReviewNumbers({ review: { outcome, releaseNumber, previousNumber } }: { review: Review }) {
  if (outcome === null) return null;
  const { ofNew, ofOld, control } = outcome;
  const older =
    previousNumber === null ? "Before" : `#${previousNumber}${control === "controlled" ? "" : ", before"}`;
  return (
    <Section
      title="Numbers"
      description={
        control === "controlled"
          ? "Of requests that were given to one or the other by lot, in the same moments."
          : "Of the new release since its switch, and of the half hour before. The first 30 s count for errors alone."
      }
    >
      <div className="overflow-x-auto">
        <table className="w-full max-w-xl text-left tabular-nums">
          <thead>
            <tr className="border-b text-muted text-sm">
              <th className="py-2 pr-4 font-medium" scope="col">
                <span className="sr-only">What was counted</span>
              </th>
              <th className="py-2 pr-4 font-medium" scope="col">
                {releaseNumber === null ? "New" : `#${releaseNumber}`}
              </th>
              <th className="py-2 font-medium" scope="col">
                {older}
              </th>
            </tr>
          </thead>
          <tbody className="divide-y">
            {rows.map(({ name, value }) => (
              <tr key={name}>
                <th scope="row" className="py-2 pr-4 font-normal text-muted">
                  {name}
                </th>
                <td className="py-2 pr-4 font-medium">{value(ofNew)}</td>
                <td className="py-2">{value(ofOld)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function latency(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
