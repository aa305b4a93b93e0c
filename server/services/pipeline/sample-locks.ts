import type postgres from "postgres";
import { type LockMode, lockModes, type SampledLock } from "#server/domain/migration-locks.ts";

/** As `pg_locks` names them; as text, since the driver knows no arrays before it has asked the server for them. */
const modes = lockModes.map(serverName).join();

/** `AccessExclusiveLock` */
function serverName(mode: LockMode): string {
  return `${mode.replaceAll(/(\w)(\w*) ?/g, (_, first, rest) => first + rest.toLowerCase())}Lock`;
}

export interface SeenLocks {
  sessions: number;
  locks: SampledLock[];
}

/** One look at what the sessions of this name hold and want in this database, the strongest first. */
export async function sampleLocks(
  sql: postgres.Sql,
  { applicationName, most }: { applicationName: string; most: number },
): Promise<SeenLocks> {
  const own = sql`select pid from pg_stat_activity
    where datname = current_database() and application_name = ${applicationName}`;
  const [counted] = await sql<{ sessions: number }[]>`select count(*)::int as sessions from (${own}) as own`;
  const sessions = Number(counted?.sessions);
  if (sessions === 0) return { sessions, locks: [] };
  const rows = await sql<(Omit<SampledLock, "mode"> & { strength: number })[]>`
    with own as materialized (${own}),
    relation_locks as materialized (
      select pid, relation, mode, granted from pg_locks
      where locktype = 'relation' and database = (select oid from pg_database where datname = current_database())
    ),
    taken as (
      select relation, mode, array_position(string_to_array(${modes}, ','), mode) as strength,
        bool_or(granted) as is_held, bool_or(not granted) as is_waited_for
      from relation_locks where pid in (select pid from own) and mode = any(string_to_array(${modes}, ','))
      group by relation, mode
    ),
    behind as (
      select relation, count(distinct pid)::int as sessions from relation_locks
      where not granted and relation in (select relation from taken) and pid not in (select pid from own)
        and pg_blocking_pids(pid) && (select array_agg(pid) from own)
      group by relation
    )
    select left(format('%I.%I', nspname, relname), 200) as relation, strength, is_held as "isHeld",
      is_waited_for as "isWaitedFor",
      -- Whoever waits there, waits for the strongest at least.
      case when strength = min(strength) over (partition by taken.relation)
        then coalesce(behind.sessions, 0) else 0 end as "sessionsBehind"
    from taken
    join pg_class on pg_class.oid = taken.relation
    join pg_namespace on pg_namespace.oid = relnamespace
    left join behind on behind.relation = taken.relation
    where relpersistence <> 't' and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by strength, nspname, relname limit ${most}`;
  return { sessions, locks: rows.map(({ strength, ...lock }) => ({ ...lock, mode: modeAt(strength) })) };
}

function modeAt(strength: number): LockMode {
  const mode = lockModes[strength - 1];
  if (mode === undefined) throw new Error(`No mode is as strong as ${strength}.`);
  return mode;
}
