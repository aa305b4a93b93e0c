import type { Context } from "#server/kernel/context.ts";
import { type NoticeSource, waitUntil } from "./notice-source.ts";
import { readRouterProgress } from "./read-router-progress.ts";

/** `host:port`, or `host:port:pid` where several share a port. */
export type RouterName = string;

export interface AcknowledgementWait {
  serviceEnvironmentId: number;
  generation: number;
  timeoutMs: number;
}

/** Ends when every registered router has acknowledged the generation, else with the missing ones named at the timeout. */
export async function waitForAcknowledgements(
  ctx: Pick<Context, "db">,
  input: AcknowledgementWait,
  notices: NoticeSource,
): Promise<{ acknowledged: RouterName[]; missing: RouterName[] }> {
  const { acknowledged, missing } = await waitUntil(notices, input, async () => {
    const progress = await readRouterProgress(ctx, input.serviceEnvironmentId);
    const done = progress.filter((router) => router.generation >= input.generation);
    const behind = progress.filter((router) => router.generation < input.generation);
    return {
      done: behind.length === 0,
      acknowledged: done.map((router) => router.name),
      missing: behind.map((router) => router.name),
    };
  });
  return { acknowledged, missing };
}
