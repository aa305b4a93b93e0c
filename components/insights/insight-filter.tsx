"use client";
import { useRouter } from "next/navigation";
import { type InsightPathQuery, paths } from "#components/paths.ts";
import { Select, type SelectOption } from "#components/ui/select.tsx";
import type { InsightsPage } from "#server/api/types.ts";
import { insightRanges } from "#server/domain/insight-range.ts";

const rangeNames = { "30d": "30 days", "90d": "90 days", "1y": "A year", "5y": "Five years" } as const;
/** No team and no service has such a name. */
const all = "*";

export type InsightFilterProps = { page: InsightsPage; query: InsightPathQuery };

/** Of what, where and when: each choice is another address. */
export function InsightFilter({ page: { insights, choices }, query }: InsightFilterProps) {
  const router = useRouter();
  const go = (change: InsightPathQuery) => router.push(paths.insights({ ...query, ...change }));
  const { scope } = insights;
  const services = choices.services.filter(({ team }) => scope.team === null || team === scope.team);
  const range = query.from === undefined && query.to === undefined ? (query.range ?? "90d") : "given";
  return (
    <div className="flex flex-wrap gap-2">
      <Choice
        label="Environment"
        value={scope.environment.slug}
        onChange={(environment) => go({ environment })}
        options={choices.environments.map(named)}
      />
      {choices.teams.length > 0 && (
        <Choice
          label="Team"
          value={scope.team ?? all}
          onChange={(team) => go({ team: team === all ? undefined : team, service: undefined })}
          options={[
            { value: all, label: "All teams" },
            ...choices.teams.map((team) => ({ value: team, label: team })),
          ]}
        />
      )}
      <Choice
        label="Service"
        value={scope.service?.slug ?? all}
        onChange={(service) => go({ service: service === all ? undefined : service })}
        options={[{ value: all, label: "All services" }, ...services.map(named)]}
      />
      <Choice
        label="Days"
        value={range}
        onChange={(range) => go({ range, from: undefined, to: undefined })}
        options={[
          ...insightRanges.map((name) => ({ value: name, label: rangeNames[name] })),
          ...(range === "given" ? [{ value: "given", label: `${insights.from} to ${insights.to}` }] : []),
        ]}
      />
    </div>
  );
}

const named = ({ slug, name }: { slug: string; name: string }) => ({ value: slug, label: name });

type ChoiceProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: SelectOption<string>[];
};

/** Two beside each other on a phone, all of them on a desk. */
function Choice({ label, value, onChange, options }: ChoiceProps) {
  return (
    <span className="w-44 max-sm:w-[calc(50%-0.25rem)]">
      <Select
        aria-label={label}
        value={value}
        onValueChange={onChange}
        options={options}
        className="min-w-0"
      />
    </span>
  );
}
