import { tryVerdict } from "#server/domain/verdict-trial.ts";
import type { Context } from "#server/kernel/context.ts";
import { listUntried, recordTrial, type Trial } from "#server/services/health/verdict-trials.ts";
import { readHalves } from "#server/services/telemetry/read-halves.ts";

/** Each trial is about as much time as a release is watched for, and has as much before it. */
const stretchMs = 30 * 60_000;
/** By then every router that is alive has told of what it counted. */
const settledAfterMs = 60_000;

/**
 * Tries our own verdict: what is live in production is held against itself, one random half of its requests against the
 * other, for every half hour in which nothing else was served. One service environment at each call, so that none of it
 * is felt; several monitors may do so, and count each trial once.
 */
export class TryVerdict {
  private stretch: Omit<Trial, "serviceEnvironmentId"> | null = null;
  private untried: number[] = [];

  /** Resolves with whether there was anything to try. */
  async round(ctx: Context): Promise<boolean> {
    const settled = ctx.now().getTime() - settledAfterMs;
    const to = settled - (settled % stretchMs);
    if (this.stretch?.to.getTime() !== to) {
      const stretch = { from: new Date(to - stretchMs), to: new Date(to) };
      this.untried = await listUntried(ctx, stretch);
      this.stretch = stretch;
    }
    const serviceEnvironmentId = this.untried.shift();
    if (serviceEnvironmentId === undefined) return false;
    await this.tryAt(ctx, { serviceEnvironmentId, ...this.stretch });
    return true;
  }

  private async tryAt(ctx: Context, trial: Trial): Promise<void> {
    const { serviceEnvironmentId, from, to } = trial;
    const before = new Date(from.getTime() - stretchMs);
    const buckets = await readHalves(ctx, { serviceEnvironmentId, from: before, to });
    const isPast = ({ beginsAt }: { beginsAt: number }) => beginsAt * 1_000 < from.getTime();
    const tried = buckets.filter((bucket) => !isPast(bucket));
    // Where two were served, how many of each came is no matter of chance alone.
    const [releaseId, ...others] = new Set(tried.map((bucket) => bucket.releaseId));
    if (releaseId === undefined || others.length > 0) return;
    const past = buckets.filter((bucket) => isPast(bucket) && bucket.releaseId === releaseId);
    const answer = tryVerdict(past, tried);
    if (answer !== null) await recordTrial(ctx, trial, answer);
  }
}
