import type { Command } from "#server/domain/service-settings.ts";
import { whyNoScale } from "#server/domain/targets.ts";
import { StepError } from "#server/kernel/errors.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { runCommands } from "#server/services/pipeline/run-commands.ts";
import type { Run } from "../run.ts";
import { runStep } from "../run-step.ts";
import { takePool } from "../take-pool.ts";
import { commandPlace } from "./command-place.ts";
import { scriptSettingsOf } from "./script-settings.ts";
import { whatServes } from "./what-serves.ts";

/** How long what is open to a pool that a process release ran in may take, before its row is used. */
const drainMs = 30_000;

/** Runs the deploy command, once per deployment: what an earlier attempt finished is not run again. */
export async function start(run: Run): Promise<void> {
  const earlier = run.work.steps.find((step) => step.name === "start");
  if (earlier?.status === "succeeded") {
    return takePool(run, run.log.step("start"), { count: 0, laterCount: 0, drainMs });
  }
  await runStep(run, "start", async (log) => {
    if (run.work.kind === "scale") throw new StepError(whyNoScale);
    await takePool(run, log, { count: 0, laterCount: 0, drainMs });
    const commands = commandsOf(run);
    await release(run, commands, log);
    return commands.map(({ name, run: line }) => (commands.length === 1 ? line : name)).join(", ");
  });
}

function commandsOf(run: Run): Command[] {
  const { deploy, switchBack } = scriptSettingsOf(run);
  return run.work.kind === "switch-back" ? (switchBack ?? deploy) : deploy;
}

async function release(run: Run, commands: Command[], log: StepLog): Promise<void> {
  const place = await commandPlace(run, log);
  try {
    await runCommands({ commands, ...place });
  } catch (error) {
    // A failure says so at its end; a cancel has no more to say.
    if (run.signal.aborted) log.note(whatServes(run));
    throw error;
  }
}
