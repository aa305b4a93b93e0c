import { succeed } from "#server/services/deployments/succeed.ts";
import { movePointer } from "../move-pointer.ts";
import { type Run, releaseOf } from "../run.ts";
import { runStep } from "../run-step.ts";

/** What runs has changed already: this writes down that it is what is live. A process release before it drains. */
export async function switchTraffic(run: Run): Promise<void> {
  await runStep(run, "switch", async (log) => {
    const generation = await movePointer(run, { drainMs: 0, warmMs: 0 });
    log.note(`#${releaseOf(run).number} is recorded as live (generation ${generation}).`);
    return "recorded as live; its traffic is not the portal\u2019s";
  });
  await succeed(run.ctx, run.lease);
}
