import { parseArgs } from "node:util";
import { slugSchema } from "#server/domain/slug.ts";
import { UserError } from "#server/kernel/errors.ts";

export const runnableSteps = ["build", "test", "package", "migrate", "start"] as const;
export type RunnableStep = (typeof runnableSteps)[number];

export interface RunOptions {
  /** Null means all of them, as a deployment does; `migrate` runs only when it is named. */
  step: RunnableStep | null;
  environmentSlug: string;
  /** Ends when the service was healthy once. */
  once: boolean;
}

export const usage = `anytime run [step] [--environment <slug>] [--once]

Runs the steps of anytime.yaml here, as a deployment does, without the portal:
  build, test, package, start, verify. Then the service keeps running until Ctrl-C.

  step           only this one: ${runnableSteps.join(", ")} (start also packs and verifies)
  --environment  the settings of this environment; staging, unless said
  --once         end with exit code 0 as soon as the service is healthy`;

/** Null where help was asked for. Throws UserError for what is not known. */
export function parseOptions(parameters: string[]): RunOptions | null {
  const { values, positionals } = read(parameters);
  if (values.help) return null;
  const [step = null, ...more] = positionals;
  if (more.length > 0) throw new UserError(`Name one step at a time.\n\n${usage}`);
  if (step !== null && !isRunnable(step)) throw new UserError(`There is no step ${step} to run.\n\n${usage}`);
  if (!slugSchema.safeParse(values.environment).success) {
    throw new UserError(`${values.environment} is not the name of an environment.`);
  }
  return { step, environmentSlug: values.environment, once: values.once };
}

function read(parameters: string[]) {
  try {
    return parseArgs({
      args: parameters,
      allowPositionals: true,
      options: {
        environment: { type: "string", short: "e", default: "staging" },
        once: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    if (error instanceof TypeError) throw new UserError(`${error.message}\n\n${usage}`);
    throw error;
  }
}

function isRunnable(step: string): step is RunnableStep {
  return (runnableSteps as readonly string[]).includes(step);
}
