"use client";
import { Search } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { Input } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import type { Overview } from "#server/domain/read-models.ts";
import { usePins } from "./pins.ts";

export type OverviewService = Overview["services"][number];

/** The services of one team, or all of those without one. */
export interface ServiceGroup {
  team: string | null;
  services: OverviewService[];
}

/** Which services are shown, in which order: pinned first, by team where there are teams. */
export function useServiceFilter(services: OverviewService[]) {
  const [text, setText] = useQueryState(
    "filter",
    parseAsString.withDefault("").withOptions({ throttleMs: 100 }),
  );
  const { pins, togglePin } = usePins();
  const shown = services
    .filter((service) => matches(service, text))
    .sort((one, other) => rank(one) - rank(other));
  function rank(service: OverviewService): number {
    return pins.includes(service.slug) ? 0 : 1;
  }
  return { text, setText, pins, togglePin, groups: groupByTeam(shown), shown: shown.length };
}

function matches(service: OverviewService, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [service.name, service.slug, service.team ?? ""].some((field) =>
    field.toLowerCase().includes(wanted),
  );
}

function groupByTeam(services: OverviewService[]): ServiceGroup[] {
  const byTeam = Map.groupBy(services, (service) => service.team);
  const teams = [...byTeam.keys()].sort((one, other) => (one ?? "\uffff").localeCompare(other ?? "\uffff"));
  return teams.map((team) => ({ team, services: byTeam.get(team) ?? [] }));
}

export type ServiceFilterProps = {
  text: string;
  setText: (text: string | null) => unknown;
  shown: number;
  count: number;
};

export function ServiceFilter({ text, setText, shown, count }: ServiceFilterProps) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <div className="relative w-72 max-sm:w-full">
        <Input
          type="search"
          data-shortcut="search"
          aria-label="Filter services"
          placeholder="Filter services or teams"
          icon={<Search />}
          value={text}
          onChange={(event) => void setText(event.target.value === "" ? null : event.target.value)}
        />
        {text === "" && (
          <span
            aria-hidden
            className="pointer-events-none absolute inset-y-0 right-2 flex items-center max-sm:hidden"
          >
            <Kbd>/</Kbd>
          </span>
        )}
      </div>
      <p role="status" className="text-muted text-sm">
        {text === "" ? "" : `${shown} of ${count} services`}
      </p>
    </div>
  );
}
