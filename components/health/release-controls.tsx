"use client";
import { ChevronLeft, ChevronRight, RotateCcw, ZoomIn, ZoomOut } from "lucide-react";
import { momentText } from "#components/charts/figure.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { ReleaseCharts, ReleasePage } from "#server/api/types.ts";
import { moved, rangeWords, releaseRanges, zoomed } from "#server/domain/release-range.ts";
import { sourceWords } from "#server/domain/signal-source.ts";
import { type ReleaseView, useReleaseCharts, usualRange } from "./use-release-view.ts";

/** Where and when it is looked at, and by whose counts. */
export function ReleaseControls({ page, view }: { page: ReleasePage; view: ReleaseView }) {
  const charts = useReleaseCharts(view).data;
  const { range } = view.input;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <div className="w-40 max-sm:grow">
          <Select
            aria-label="Environment"
            options={page.environments.map(({ slug, name }) => ({ value: slug, label: name }))}
            value={view.input.environmentSlug}
            onValueChange={view.chooseEnvironment}
          />
        </div>
        <div className="w-40 max-sm:grow">
          <Select
            aria-label="Time"
            placeholder="Chosen by hand"
            options={releaseRanges.map((value) => ({ value, label: rangeWords[value] }))}
            value={typeof range === "string" ? range : null}
            onValueChange={view.chooseRange}
          />
        </div>
        {charts !== undefined && <Zoom charts={charts} view={view} />}
      </div>
      {charts === undefined ? (
        <Skeleton className="my-1 h-3 w-80 max-w-full" />
      ) : (
        <p className="text-muted text-sm">
          {momentText(Date.parse(charts.from))} to {momentText(Date.parse(charts.to))} ·{" "}
          {stepText(charts.stepSeconds)} a point · {sourceWords[charts.source]}
          {charts.switchedAt === null && ` · it never had all the traffic of ${placeName(page, view)}`}
        </p>
      )}
    </div>
  );
}

function Zoom({ charts, view }: { charts: ReleaseCharts; view: ReleaseView }) {
  const range = { from: new Date(charts.from), to: new Date(charts.to) };
  const choose = (change: (now: Date) => typeof range) => () => view.chooseTime(change(new Date()));
  return (
    <fieldset className="flex items-center" aria-label="Change the time">
      <IconButton label="Earlier" icon={<ChevronLeft />} onClick={choose((now) => moved(range, -0.5, now))} />
      <IconButton label="Later" icon={<ChevronRight />} onClick={choose((now) => moved(range, 0.5, now))} />
      <IconButton label="Zoom in" icon={<ZoomIn />} onClick={choose((now) => zoomed(range, 0.5, now))} />
      <IconButton label="Zoom out" icon={<ZoomOut />} onClick={choose((now) => zoomed(range, 2, now))} />
      {typeof view.input.range !== "string" && (
        <IconButton
          label={`Back to ${rangeWords[usualRange]}`}
          icon={<RotateCcw />}
          onClick={() => view.chooseRange(usualRange)}
        />
      )}
    </fieldset>
  );
}

function placeName({ environments }: ReleasePage, { input }: ReleaseView): string {
  return environments.find(({ slug }) => slug === input.environmentSlug)?.name ?? input.environmentSlug;
}

function stepText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${seconds / 60} min`;
  return seconds < 86_400 ? `${seconds / 3_600} h` : `${seconds / 86_400} d`;
}
