"use client";
import { CirclePause, Ellipsis, RotateCw, Scaling, Siren, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { ScaleDialog } from "#components/configuration/scale-dialog.tsx";
import { RestartDialog } from "#components/deployments/restart-dialog.tsx";
import { ReportDialog } from "#components/incidents/report-dialog.tsx";
import { paths } from "#components/paths.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuLink } from "#components/ui/menu.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import { PauseDialog } from "./pause-dialog.tsx";

/** What else can be done with what is live in an environment. */
export function EnvironmentMenu({ view, slug }: { view: ServiceEnvironmentView; slug: string }) {
  const [open, setOpen] = useState<"restart" | "scale" | "pause" | "report" | null>(null);
  const { environment, restart, scale, configure, pause, instanceCount } = view;
  const place = { serviceSlug: slug, environmentSlug: environment.slug };
  const close = () => setOpen(null);
  return (
    <>
      <Menu trigger={<IconButton label={`More for ${environment.name}`} icon={<Ellipsis />} />}>
        <MenuItem icon={<RotateCw />} refusal={restart.reason} onClick={() => setOpen("restart")}>
          {restart.label}
        </MenuItem>
        <MenuItem icon={<Scaling />} refusal={scale.reason} onClick={() => setOpen("scale")}>
          {scale.label}…
        </MenuItem>
        <MenuItem icon={<CirclePause />} refusal={pause.reason} onClick={() => setOpen("pause")}>
          {pause.label}…
        </MenuItem>
        <MenuItem icon={<Siren />} refusal={pause.reason} onClick={() => setOpen("report")}>
          Users of {environment.slug} are affected…
        </MenuItem>
        <MenuLink icon={<SlidersHorizontal />} href={paths.configuration(slug, environment.slug)}>
          {configure.label}
        </MenuLink>
      </Menu>
      {open === "restart" && <RestartDialog place={place} label={restart.label} onClose={close} />}
      {open === "pause" && <PauseDialog slug={slug} environment={environment} onClose={close} />}
      {open === "report" && <ReportDialog place={place} onClose={close} />}
      {open === "scale" && instanceCount !== null && (
        <ScaleDialog place={place} current={instanceCount} onClose={close} />
      )}
    </>
  );
}
