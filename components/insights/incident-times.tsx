import { Section } from "#components/ui/section.tsx";
import { formatDurationMs } from "#server/domain/durations.ts";
import { definitions } from "#server/domain/insight-words.ts";
import type { PeriodFigures } from "#server/domain/insights.ts";
import { Definition } from "./definition.tsx";

const stages = [
  { name: "Detect", key: "detect" },
  { name: "Mitigate", key: "mitigate" },
  { name: "Recover", key: "recover" },
] as const;

/** From the moment users felt it: noticed, taken from them, over. */
export function IncidentTimes({ figures }: { figures: PeriodFigures }) {
  const { incidents } = figures;
  return (
    <Section
      title="Detect → mitigate → recover"
      description={`${incidents.toLocaleString("en")} ${incidents === 1 ? "incident" : "incidents"}, each from the moment that users felt it`}
      className="gap-2"
    >
      {incidents === 0 ? (
        <p className="py-2 text-muted">No data: no incident began in these days.</p>
      ) : (
        <table className="w-full max-w-xl text-left tabular-nums">
          <thead>
            <tr className="border-b text-muted text-sm">
              {["Until", "Median", "p90", "n"].map((name) => (
                <th key={name} scope="col" className="py-1.5 pr-4 font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y">
            {stages.map(({ name, key }) => {
              const { n, medianMs, p90Ms } = figures[key];
              return (
                <tr key={key}>
                  <th scope="row" className="py-1.5 pr-4 font-medium">
                    {name}
                  </th>
                  <td className="py-1.5 pr-4">
                    {medianMs === null ? "no data" : formatDurationMs(medianMs)}
                  </td>
                  <td className="py-1.5 pr-4">{p90Ms === null ? "no data" : formatDurationMs(p90Ms)}</td>
                  <td className="py-1.5">{n.toLocaleString("en")}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <Definition>{definitions.incidentTimes}</Definition>
    </Section>
  );
}
