import { type Ending, supervise } from "../supervisor/supervise.ts";

/** Tells launch.mjs to begin again: the code may have changed. */
const startAgain = 75;

/** Runs until Ctrl-C, `anytime stop` or `anytime restart`. A second Ctrl-C ends it at once, as a kill would. */
export async function start(): Promise<number> {
  const { promise: ending, resolve } = Promise.withResolvers<Ending>();
  const stop = () => {
    resolve("stop");
    process.once("SIGINT", () => process.exit(130));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", () => resolve("stop"));
  process.once("SIGHUP", () => resolve("stop"));
  process.once("SIGUSR2", () => resolve("restart"));
  const asked = await supervise(ending);
  // The listeners above would keep a second signal from ending a process that has nothing left to do.
  process.exit(asked === "restart" ? startAgain : 0);
}
