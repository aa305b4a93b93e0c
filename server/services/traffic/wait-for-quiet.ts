import type { Context } from "#server/kernel/context.ts";
import { type NoticeSource, waitUntil } from "./notice-source.ts";
import { readRouterProgress } from "./read-router-progress.ts";

/**
 * While requests are held: ends when every router holds them and what was in flight has ended, or with how many requests
 * are still open, and how many routers have not acknowledged, when the time is over.
 */
export async function waitForQuiet(
  ctx: Pick<Context, "db">,
  input: { serviceEnvironmentId: number; generation: number; timeoutMs: number; signal?: AbortSignal },
  notices: NoticeSource,
): Promise<{ openRequests: number; missing: string[] }> {
  const { openRequests, missing } = await waitUntil(notices, input, async () => {
    const progress = await readRouterProgress(ctx, input.serviceEnvironmentId);
    const behind = progress.filter(({ generation }) => generation < input.generation);
    const open = progress.reduce((sum, router) => sum + router.openRequests, 0);
    const isQuiet = behind.length === 0 && open === 0;
    return { done: isQuiet, openRequests: open, missing: behind.map(({ name }) => name) };
  });
  return { openRequests, missing };
}
