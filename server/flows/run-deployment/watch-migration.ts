import { randomUUID } from "node:crypto";
import { limitsWithin, type WantedLimits } from "#server/domain/limits.ts";
import { lockLines, unrecordedText } from "#server/domain/lock-words.ts";
import type { MigrationLock } from "#server/domain/migration-locks.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { isPostgresAddress } from "#server/services/pipeline/database-address.ts";
import { type LockWatch, watchLocks } from "#server/services/pipeline/watch-locks.ts";
import { accountOf, leaseMarks, type Run } from "./run.ts";

export interface MigrationWatch {
  /** For the migration's environment: the name by which its sessions are known in the database. */
  variables: Record<string, string>;
  /** Ends at once. Null where its locks are not known; why, stands in the log. */
  end(): Promise<MigrationLock[] | null>;
}

/** More than it needs; a service's own limits are for its own commands. */
const watcherLimits: WantedLimits = { memoryBytes: 256 * 1024 ** 2, processes: null, cpus: 1 };

/** Looks at the locks of the run's migration while it runs, in the database that one of its variables names. */
export function watchMigration(
  run: Run,
  output: StepLog,
  { database, variables }: { database: string; variables: Record<string, string> },
): MigrationWatch {
  const address = variables[database];
  if (address === undefined || !isPostgresAddress(address)) {
    output.note(unrecordedText({ kind: address === undefined ? "unset" : "not-postgres" }, database));
    return { variables: {}, end: async () => null };
  }
  const applicationName = `anytime-migration-${randomUUID()}`;
  const watch = openWatch(run, { address, applicationName });
  return {
    variables: { PGAPPNAME: applicationName },
    async end() {
      const { locks, problem } = await watch.end();
      const masked = locks?.map((lock) => ({ ...lock, relation: run.log.masked(lock.relation) })) ?? null;
      if (masked !== null) output.note(lockLines(masked));
      if (problem !== null) output.note(unrecordedText(problem, database, masked !== null));
      return masked;
    },
  };
}

function openWatch(run: Run, place: { address: string; applicationName: string }): LockWatch {
  const { stepLimits, confine, markVariables } = run.machine;
  const account = accountOf(run);
  const limits = limitsWithin(watcherLimits, stepLimits);
  return watchLocks({
    ...place,
    account,
    confine: () => confine({ name: `locks-${randomUUID()}`, kind: "step", limits, account }),
    marks: { ...markVariables, ...leaseMarks(run.lease) },
  });
}
