import type { Context } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { notify } from "#server/kernel/notifications.ts";
import { listWorkers } from "#server/services/deployments/list-workers.ts";
import { listRouters } from "#server/services/traffic/list-routers.ts";

/** Each call looks who has fallen silent or is heard again since the last, says so in the log and to open pages. */
export function watchSilence(ctx: Context, logger: Logger): () => Promise<void> {
  const heard = new Map<string, boolean>();
  const look = (name: string, isHeard: boolean, facts: Record<string, unknown>): boolean => {
    const before = heard.get(name);
    heard.set(name, isHeard);
    if (before === undefined || before === isHeard) return false;
    if (isHeard) logger.info(facts, `${name} is heard again`);
    else logger.warn(facts, `${name} has fallen silent`);
    return true;
  };
  return async () => {
    for (const worker of await listWorkers(ctx)) {
      const changed = look(`worker ${worker.name}`, worker.isAlive, { host: worker.host });
      if (changed) await notify(ctx, "worker", worker.id);
    }
    for (const router of await listRouters(ctx)) {
      look(`router ${router.name}`, !router.silent, { pid: router.pid });
    }
  };
}
