"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { latencyText, percentText } from "#components/charts/figure.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { ReleasePage, SlowRoute } from "#server/api/types.ts";
import type { ReleaseNumbers } from "#server/domain/release-watch.ts";
import { otherRoutes } from "#server/domain/route-template.ts";
import { type ReleaseView, useReleaseCharts } from "./use-release-view.ts";

const refreshMs = 60_000;

/** The slowest routes in the time that is shown, each beside what the release before made of it. */
export function ReleaseRoutes({ page, view }: { page: ReleasePage; view: ReleaseView }) {
  const trpc = useTRPC();
  const options = { placeholderData: keepPreviousData, refetchInterval: refreshMs };
  const { data: routes } = useQuery(trpc.releases.routes.queryOptions(view.input, options));
  const before = useReleaseCharts(view).data?.previousNumber;
  return (
    <Section title="Slowest routes" description="By p95, in the time that is shown.">
      {routes === undefined ? (
        <div className="py-3">
          <SkeletonLines count={3} />
        </div>
      ) : routes.length === 0 ? (
        <p className="py-2 text-muted">#{page.release.number} served nothing in this time.</p>
      ) : (
        <RoutesTable routes={routes} beforeName={before == null ? null : `#${before}`} />
      )}
    </Section>
  );
}

function RoutesTable({ routes, beforeName }: { routes: readonly SlowRoute[]; beforeName: string | null }) {
  return (
    <div className="overflow-x-auto">
      <table aria-label="Slowest routes" className="w-full border-collapse text-sm tabular-nums">
        <thead>
          <tr className="border-b text-left text-muted">
            <Heading>Route</Heading>
            <Heading isNumber>Requests</Heading>
            <Heading isNumber>Errors</Heading>
            <Heading isNumber>p50</Heading>
            <Heading isNumber>p95</Heading>
            <Heading isNumber>p99</Heading>
            {beforeName !== null && <Heading isNumber>{`p95 of ${beforeName}`}</Heading>}
          </tr>
        </thead>
        <tbody>
          {routes.map((route) => (
            <RouteRow key={route.route} route={route} hasBefore={beforeName !== null} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RouteRow({ route: { route, ofNew, ofOld }, hasBefore }: { route: SlowRoute; hasBefore: boolean }) {
  return (
    <tr className="border-b last:border-b-0">
      <th scope="row" className="min-w-40 py-2 pr-2 text-left font-normal font-mono wrap-anywhere">
        {route === otherRoutes ? "all others" : route}
      </th>
      <Cell>{ofNew.requests.toLocaleString("en")}</Cell>
      <Cell isBad={ofNew.errors > 0}>{errorText(ofNew)}</Cell>
      <Cell>{latency(ofNew.p50Ms)}</Cell>
      <Cell>{latency(ofNew.p95Ms)}</Cell>
      <Cell>{latency(ofNew.p99Ms)}</Cell>
      {hasBefore && <Cell>{ofOld === null ? "–" : latency(ofOld.p95Ms)}</Cell>}
    </tr>
  );
}

function Heading({ children, isNumber = false }: { children: string; isNumber?: boolean }) {
  return (
    <th
      scope="col"
      className={`h-9 whitespace-nowrap px-2 font-medium first:pl-0 last:pr-0 ${isNumber ? "text-right" : ""}`}
    >
      {children}
    </th>
  );
}

function Cell({ children, isBad = false }: { children: string; isBad?: boolean }) {
  return (
    <td className={`whitespace-nowrap px-2 py-2 text-right last:pr-0 ${isBad ? "text-attention" : ""}`}>
      {children}
    </td>
  );
}

function errorText({ errors, requests }: ReleaseNumbers): string {
  return errors === 0 ? "0" : percentText((errors / requests) * 100);
}

function latency(ms: number | null): string {
  return ms === null ? "–" : latencyText(ms);
}
