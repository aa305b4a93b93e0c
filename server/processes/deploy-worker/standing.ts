import { type LimitName, limitNames, type WorkerIsolation } from "#server/domain/limits.ts";
import { prlimitFile } from "#server/kernel/confinement.ts";
import type { ControlGroups } from "#server/kernel/control-groups.ts";
import { canCountFiles } from "#server/kernel/disk-use.ts";
import { setprivFile } from "#server/kernel/program-under.ts";
import { canIsolateServices } from "#server/kernel/service-accounts.ts";

const words: Record<LimitName, string> = { memory: "memory", processes: "processes", cpus: "processors" };

/** How services are kept apart and within limits here, with what is missing in words. */
export function standingOf(groups: ControlGroups): WorkerIsolation {
  const hasOwnUids = canIsolateServices();
  const isCounted = hasOwnUids && prlimitFile !== undefined;
  const held = limitNames.filter(
    (limit) => groups.folders.has(limit) || (limit === "processes" && isCounted),
  );
  const missing: string[] = [];
  if (!hasOwnUids) missing.push(notApart);
  else if (setprivFile === undefined) missing.push(noSetpriv);
  const unheld = limitNames.filter((limit) => !held.includes(limit));
  if (unheld.length > 0) missing.push(tellOfUnheld(unheld, groups));
  if (isCounted && !groups.folders.has("processes")) missing.push(countedTogether);
  if (!canCountFiles()) missing.push(uncounted);
  return { hasOwnUids, held, missing };
}

const notApart =
  "Services are not isolated: whoever can deploy can read what this worker can read, its database's address too. " +
  "Run it as root on Linux, such as in a container; at least give it a machine of its own.";

const noSetpriv = "Install setpriv, which bars services from programs that lend rights.";

const countedTogether =
  "The limit on processes counts all that runs of a service here together, its steps and all of its instances.";

const uncounted =
  "Nothing keeps a service's instances from filling the disk: install GNU find (findutils), which tells who fills it.";

function tellOfUnheld(unheld: LimitName[], { problems }: ControlGroups): string {
  const which = unheld.map((limit) => words[limit]).join(" and ");
  const [first = "memory"] = unheld;
  return (
    `Nothing limits what a service takes of this machine's ${which} (${problems.get(first)}). Let a worker that is ` +
    "root write to /sys/fs/cgroup: `Delegate=yes` in its systemd unit, a writable mount in its container."
  );
}
