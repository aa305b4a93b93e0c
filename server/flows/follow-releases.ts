import { type ReleaseBucket, ReleaseWatch, type WatchOutcome } from "#server/domain/release-watch.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";
import type { WatchedReview } from "#server/services/health/list-watched.ts";
import { chooseSource } from "#server/services/telemetry/choose-source.ts";
import { readBuckets } from "#server/services/telemetry/read-buckets.ts";

const minuteMs = 60_000;
const pastMinutes = 30;
const dayMs = 24 * 60 * minuteMs;
/** The same hours of these days before are looked at, too. */
const earlierDays = [1, 7];
/** By then every router that is alive has told of what it counted. */
const settledAfterMs = 5_000;

/** A release that takes requests since `openedAt`, and what was live before it, or is beside it. */
export type Followable = Pick<
  WatchedReview,
  "deploymentId" | "serviceEnvironmentId" | "releaseId" | "previousReleaseId" | "openedAt" | "watchUntil"
> & {
  /** Whose counts it was looked at by so far; null where nothing was found yet. */
  source: SignalSource | null;
};

interface Followed {
  watch: ReleaseWatch;
  source: SignalSource;
  /** Up to here everything was looked at. */
  readTo: Date;
}

/** Holds releases against the ones before, from one call to the next: each looks at what was counted since the last. */
export class FollowReleases {
  private readonly followed = new Map<number, Followed>();

  /** Forgets all but these deployments. */
  keepOnly(deploymentIds: ReadonlySet<number>): void {
    for (const id of this.followed.keys()) if (!deploymentIds.has(id)) this.followed.delete(id);
  }

  /** What is known by now, and up to when; null where nothing more was counted since the last look. */
  async look(ctx: Context, review: Followable): Promise<{ outcome: WatchOutcome; to: Date } | null> {
    const { deploymentId, serviceEnvironmentId, watchUntil } = review;
    // Once something was said from one source, all that is said is from it.
    const source = review.source ?? (await chooseReviewSource(ctx, review));
    const known = this.followed.get(deploymentId);
    const followed = known?.source === source ? known : await begin(ctx, review, source);
    this.followed.set(deploymentId, followed);
    const settled = ctx.now().getTime() - settledAfterMs;
    const to = new Date(Math.min(settled - (settled % 1_000), watchUntil.getTime()));
    if (to <= followed.readTo) return null;
    const buckets = await readBuckets(ctx, { serviceEnvironmentId, source, from: followed.readTo, to });
    followed.readTo = to;
    for (const together of Map.groupBy(
      buckets,
      ({ beginsAt, seconds }) => `${beginsAt} ${seconds}`,
    ).values()) {
      followed.watch.add(together);
    }
    return buckets.length === 0 ? null : { outcome: followed.watch.look(), to };
  }
}

/** What is known of one release, for whoever does not follow it; null where nothing was counted. */
export async function lookOnce(ctx: Context, followable: Followable): Promise<WatchOutcome | null> {
  return (await new FollowReleases().look(ctx, followable))?.outcome ?? null;
}

/** Whoever counted in the half hour before the switch, or since. */
export function chooseReviewSource(
  ctx: Context,
  review: Pick<Followable, "serviceEnvironmentId" | "openedAt" | "watchUntil">,
): Promise<SignalSource> {
  const from = new Date(review.openedAt.getTime() - pastMinutes * minuteMs);
  const { serviceEnvironmentId, watchUntil } = review;
  return chooseSource(ctx, { serviceEnvironmentId, from, to: watchUntil });
}

/** With what was before the switch; a canary before it belongs to what is compared. */
async function begin(ctx: Context, review: Followable, source: SignalSource): Promise<Followed> {
  const { serviceEnvironmentId, openedAt } = review;
  const switchedAt = openedAt.getTime();
  const within = (from: number, minutes: number) =>
    readBuckets(ctx, {
      serviceEnvironmentId,
      source,
      from: new Date(from),
      to: new Date(from + minutes * minuteMs),
    });
  const before = await within(switchedAt - pastMinutes * minuteMs, pastMinutes);
  // While a canary had its share both releases were served: that is no past, but the comparison itself.
  const isBeside = ({ byShare }: ReleaseBucket) => byShare;
  const firstBeside = before.find(isBeside)?.beginsAt ?? Number.POSITIVE_INFINITY;
  const past = before.filter(({ beginsAt }) => beginsAt < firstBeside);
  const earlier: ReleaseBucket[][] = [];
  for (const days of earlierDays) earlier.push(await within(switchedAt - days * dayMs, pastMinutes));
  const watch = new ReleaseWatch(
    {
      source,
      newReleaseId: review.releaseId,
      oldReleaseId: review.previousReleaseId,
      since: Math.min(switchedAt / 1_000, firstBeside),
    },
    past,
    earlier.filter((buckets) => buckets.length > 0),
  );
  const readTo = Number.isFinite(firstBeside) ? firstBeside * 1_000 : switchedAt - (switchedAt % 1_000);
  return { watch, source, readTo: new Date(readTo) };
}
