"use client";
import { Pin, PinOff } from "lucide-react";
import Link from "next/link";
import { Fragment } from "react";
import { CalmLine } from "#components/insights/calm-line.tsx";
import { paths } from "#components/paths.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Status } from "#components/ui/status.tsx";
import type { Environment, Overview } from "#server/domain/read-models.ts";
import { MatrixCellView } from "./matrix-cell.tsx";
import type { OverviewService, ServiceGroup } from "./service-filter.tsx";

export type MatrixProps = {
  calmTeams: Overview["calmTeams"];
  environments: Environment[];
  groups: ServiceGroup[];
  pins: string[];
  onPin: (slug: string) => void;
};

/** Services down, environments across. On a phone each service becomes a block with its environments below. */
export function Matrix({ calmTeams, environments, groups, pins, onPin }: MatrixProps) {
  if (groups.length === 0) return <p className="text-muted">No service matches.</p>;
  return (
    <table aria-label="What runs where" className="w-full border-collapse text-sm max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-left text-muted">
          <th scope="col" className="w-56 py-2 pr-4 font-medium">
            Service
          </th>
          {environments.map((environment) => (
            <th key={environment.id} scope="col" className="py-2 pr-4 font-medium">
              {environment.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-md:block">
        {groups.map(({ team, services }) => (
          <Fragment key={team ?? ""}>
            {(groups.length > 1 || team !== null) && (
              <tr className="max-md:block">
                <th
                  scope="rowgroup"
                  colSpan={environments.length + 1}
                  className="pt-5 pb-1 text-left font-medium text-muted text-xs max-md:block"
                >
                  <span className="flex flex-wrap items-baseline gap-x-3">
                    {team ?? "Without a team"}
                    {calmTeams
                      .filter((calm) => calm.team === team)
                      .map((calm) => (
                        <CalmLine key={calm.team} calm={calm} />
                      ))}
                  </span>
                </th>
              </tr>
            )}
            {services.map((service) => (
              <Row
                key={service.id}
                service={service}
                environments={environments}
                isPinned={pins.includes(service.slug)}
                onPin={() => onPin(service.slug)}
              />
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

type RowProps = {
  service: OverviewService;
  environments: Environment[];
  isPinned: boolean;
  onPin: () => void;
};

function Row({ service, environments, isPinned, onPin }: RowProps) {
  return (
    <tr className="group border-b align-top max-md:block max-md:py-3">
      <th scope="row" className="py-3 pr-4 text-left font-normal max-md:block max-md:py-0">
        <span className="flex items-center gap-1">
          <Link href={paths.service(service.slug)} className="link font-medium text-base">
            {service.name}
          </Link>
          <span
            className="opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 data-pinned:opacity-100 pointer-coarse:opacity-100"
            data-pinned={isPinned ? "" : undefined}
          >
            <IconButton
              label={isPinned ? `Unpin ${service.name}` : `Pin ${service.name}`}
              icon={isPinned ? <PinOff /> : <Pin />}
              size="small"
              onClick={onPin}
            />
          </span>
        </span>
        {service.isBeingRemoved && <Status tone="attention" word="being removed" className="text-sm" />}
      </th>
      {environments.map((environment) => {
        const cell = service.cells.find((candidate) => candidate.environmentSlug === environment.slug);
        return (
          <td key={environment.id} className="py-3 pr-4 max-md:block max-md:pt-2 max-md:pb-0">
            <span className="mb-0.5 hidden text-muted text-xs max-md:block">{environment.name}</span>
            {cell === undefined ? (
              <span className="text-faint">not there</span>
            ) : (
              <MatrixCellView cell={cell} slug={service.slug} name={environment.name} />
            )}
          </td>
        );
      })}
    </tr>
  );
}
