import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useTRPC } from "#components/trpc.tsx";
import type { Inputs, ReleasePage } from "#server/api/types.ts";
import { type ReleaseRange, releaseRanges, type TimeRange } from "#server/domain/release-range.ts";

const parameters = {
  environment: parseAsString,
  /** The deployment that brought it there, where it came several times. */
  deployment: parseAsInteger,
  range: parseAsStringLiteral(releaseRanges),
  /** Both in seconds of Unix time, and stronger than the range's name. */
  from: parseAsInteger,
  to: parseAsInteger,
};
export const usualRange: ReleaseRange = "30m";

/** What of a release is looked at, as the address says; changes are written there. */
export interface ReleaseView {
  /** What is asked of the API. */
  input: Inputs["releases"]["charts"];
  chooseEnvironment(slug: string): void;
  /** Another time of it in the same environment or another one. */
  chooseStint(stint: { environmentSlug: string; deploymentId: number }): void;
  chooseRange(range: ReleaseRange): void;
  /** At least a minute of it. */
  chooseTime(range: TimeRange): void;
}

/** Production by default, else where it ran last. Null where the service has no environment. */
export function useReleaseView({
  serviceSlug,
  release,
  environments,
  stints,
}: ReleasePage): ReleaseView | null {
  const [chosen, choose] = useQueryStates(parameters, { history: "push" });
  const { environment, deployment, from, to } = chosen;
  const environmentSlug =
    environments.find(({ slug }) => slug === environment)?.slug ??
    environments.find(({ isProduction }) => isProduction)?.slug ??
    stints[0]?.environmentSlug ??
    environments[0]?.slug;
  if (environmentSlug === undefined) return null;
  return {
    input: {
      ...{ slug: serviceSlug, number: release.number, environmentSlug },
      ...(deployment !== null && deployment > 0 && { deploymentId: deployment }),
      range:
        from !== null && to !== null && from >= 0 && from < to ? { from, to } : (chosen.range ?? usualRange),
    },
    chooseEnvironment: (slug) =>
      void choose({ environment: slug, deployment: null, range: null, from: null, to: null }),
    chooseStint: (stint) =>
      void choose({
        environment: stint.environmentSlug,
        deployment: stint.deploymentId,
        ...{ range: null, from: null, to: null },
      }),
    chooseRange: (range) => void choose({ range, from: null, to: null }),
    chooseTime: (time) => {
      const begin = Math.floor(time.from.getTime() / 1_000);
      const end = Math.max(begin + 60, Math.ceil(time.to.getTime() / 1_000));
      void choose({ from: begin, to: end, range: null });
    },
  };
}

const [soonestMs, latestMs] = [10_000, 300_000];

/** Asked again while the time that is shown goes on, as often as a point changes. */
export function useReleaseCharts({ input }: ReleaseView) {
  const trpc = useTRPC();
  return useQuery(
    trpc.releases.charts.queryOptions(input, {
      placeholderData: keepPreviousData,
      refetchInterval: ({ state: { data } }) => {
        if (data === undefined || Date.now() - Date.parse(data.to) > latestMs) return false;
        return Math.min(latestMs, Math.max(soonestMs, (data.stepSeconds * 1_000) / 6));
      },
    }),
  );
}
