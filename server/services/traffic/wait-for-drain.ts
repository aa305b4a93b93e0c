import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";
import { type NoticeSource, waitUntil } from "./notice-source.ts";
import { type PoolUse, poolIsFree } from "./pool-is-free.ts";

export interface DrainWait {
  serviceEnvironmentId: number;
  pool: PoolColor;
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Ends when nothing is open to the pool any more, or with what is still open when the drain time is over. */
export async function waitForDrain(
  ctx: Pick<Context, "db">,
  input: DrainWait,
  notices: NoticeSource,
): Promise<PoolUse> {
  const { use } = await waitUntil(notices, input, async () => {
    const answer = await poolIsFree(ctx, input);
    return { done: answer.free, use: answer };
  });
  return use;
}
