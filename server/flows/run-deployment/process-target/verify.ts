import { StepError } from "#server/kernel/errors.ts";
import { hold } from "#server/services/deployments/lease.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { runCommands } from "#server/services/pipeline/run-commands.ts";
import type { OpenedSecrets } from "#server/services/services/open-secrets.ts";
import { type PoolInstance, readInstances } from "#server/services/targets/list-pool-instances.ts";
import { markPoolReady } from "#server/services/targets/mark-pool-ready.ts";
import { readLastLines } from "#server/services/targets/output-file.ts";
import { untilHealthy } from "#server/services/targets/probe-health.ts";
import { extendPool } from "#server/services/targets/start-pool.ts";
import { openRunSecrets } from "../open-run-secrets.ts";
import { poolOf, type Run } from "../run.ts";
import { runStep } from "../run-step.ts";
import { shippedFolder } from "../shipped-folder.ts";
import { commandsPlace, releaseVariables } from "../step-environment.ts";
import { processSettingsOf } from "./process-settings.ts";

const shownLines = 40;

/** Proves that the pool can take the traffic: every instance answers its health path, and the smoke test passes. */
export function verify(run: Run): Promise<void> {
  return runStep(run, "verify", async (log) => {
    const secrets = await openRunSecrets(run);
    const started = await readInstances(run.ctx, poolOf(run).instanceIds);
    await everyInstanceIsHealthy(run, started, log);
    run.signal.throwIfAborted();
    const instances = [...started, ...(await startOthers(run, log))];
    const { color, instanceIds } = poolOf(run);
    run.machine.keeper.prove(instanceIds);
    await markPoolReady(run.ctx, {
      serviceEnvironmentId: run.work.serviceEnvironmentId,
      pool: color,
      deploymentId: run.lease.deploymentId,
      instanceIds,
    });
    await smoke(run, instances, secrets, log);
    return `${instances.length} ${instances.length === 1 ? "instance" : "instances"} healthy`;
  });
}

/** The first instance of a release that never served has shown that it starts: now the others do. */
async function startOthers(run: Run, log: StepLog): Promise<PoolInstance[]> {
  const { others } = poolOf(run);
  if (others === null) return [];
  log.note(`The first instance is healthy. Starting the other ${others.count === 1 ? "one" : others.count}.`);
  const { instanceIds } = await extendPool(run.ctx, others, (tx) => hold(tx, run.lease));
  const pool = poolOf(run);
  run.pool = { ...pool, others: null, instanceIds: [...pool.instanceIds, ...instanceIds] };
  await run.machine.keeper.reconcile();
  const started = await readInstances(run.ctx, instanceIds);
  await everyInstanceIsHealthy(run, started, log);
  run.signal.throwIfAborted();
  return started;
}

async function everyInstanceIsHealthy(run: Run, instances: PoolInstance[], log: StepLog): Promise<void> {
  const others = new AbortController();
  const signal = AbortSignal.any([run.signal, others.signal]);
  try {
    await Promise.all(instances.map((instance) => isHealthy(run, instance, signal, log)));
  } finally {
    others.abort();
  }
}

async function isHealthy(run: Run, instance: PoolInstance, signal: AbortSignal, log: StepLog): Promise<void> {
  const { health } = processSettingsOf(run);
  const { host, port } = instance;
  const answered = untilHealthy({ host, port, path: health.path }, { timeoutMs: health.timeoutMs, signal });
  const { keeper, workerId } = run.machine;
  const watched = [answered.then((problem) => problem && `is not healthy: ${problem}`)];
  if (instance.workerId === workerId) watched.push(keeper.over(instance.id));
  let problem = await Promise.race(watched);
  // Something else may answer on its port, such as a daemon that its start command has left behind.
  if (instance.workerId === workerId) problem ??= await keeper.whyNotUp(instance.id, signal);
  if (problem === null) return;
  // Read first and told in one go: its neighbours fail at the same moment, each with lines of its own.
  const lines = await readLastLines(instance.outputFile, shownLines);
  log.note(
    [`The last output of the instance on port ${port}:`, ...lines.map((line) => `  ${line}`)].join("\n"),
  );
  throw new StepError(`The instance on port ${port} ${problem}.`);
}

async function smoke(
  run: Run,
  instances: PoolInstance[],
  secrets: OpenedSecrets,
  output: StepLog,
): Promise<void> {
  const { smoke: command } = processSettingsOf(run);
  const [first] = instances;
  if (command === null || first === undefined) return;
  const folder = await shippedFolder(run);
  const place = await commandsPlace(run, folder, output, {
    ...releaseVariables(run, secrets.valuesOf(run.work.configuration?.secrets ?? {})),
    ANYTIME_URL: `http://${first.host}:${first.port}`,
  });
  await runCommands({ commands: [{ name: "smoke", run: command }], ...place });
}
