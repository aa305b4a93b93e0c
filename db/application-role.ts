import postgres from "postgres";

/**
 * The role of the processes. It may do whatever the portal does, which is not to change the audit log: there it reads
 * and adds, and place, time and hash of what it adds are the database's to give.
 */
export const applicationRole = "anytime_app";

/** Any number that nothing else locks: two starts at once must not both change the same rights. */
const advisoryLock = 7_202_612;
const writable = [
  "actor_kind",
  "actor_id",
  "actor_name",
  "actor_address",
  "action",
  "subject",
  "before",
  "after",
];

/** Makes the role where it is missing, and gives it this password. */
export async function makeApplicationRole(
  ownerUrl: string,
  password: string,
  role = applicationRole,
): Promise<void> {
  await asOwner(ownerUrl, async (sql) => {
    const known = await sql`select from pg_roles where rolname = ${role}`;
    if (known.length === 0) await sql`create role ${sql(role)}`;
    const [statement] =
      await sql`select format('alter role %I login password %L', ${role}::text, ${password}::text) as text`;
    await sql.unsafe(String(statement?.text));
  });
}

/** Gives the role what it needs of everything that is there and of what later migrations add. */
export async function grantToApplication(ownerUrl: string, role: string): Promise<void> {
  await asOwner(ownerUrl, async (sql) => {
    const to = sql(role);
    await sql`grant usage on schema public, drizzle, graphile_worker to ${to}`;
    await sql`grant select, insert, update, delete on all tables in schema public to ${to}`;
    await sql`grant usage, select on all sequences in schema public to ${to}`;
    await sql`alter default privileges in schema public grant select, insert, update, delete on tables to ${to}`;
    await sql`alter default privileges in schema public grant usage, select on sequences to ${to}`;
    await sql`grant select on all tables in schema drizzle to ${to}`;
    // A trigger of the role's own, on whatever the owner writes to, would run with the owner's rights.
    await sql`revoke trigger, truncate, references on all tables in schema public, drizzle, graphile_worker from ${to}`;
    const [{ name } = { name: "" }] = await sql`select current_database() as name`;
    await sql`revoke temporary on database ${sql(name)} from public, ${to}`;
    await sql`revoke all on audit_entries, audit_head from ${to}`;
    await sql`grant select on audit_entries, audit_head to ${to}`;
    await sql`grant insert (${sql(writable)}) on audit_entries to ${to}`;
    await sql`grant execute on function open_log_day(date), keep_log_days(integer),
      open_counts(timestamptz), drop_old_counts(integer, integer, integer) to ${to}`;
    await openJobs(sql, to);
  });
}

/** The job queue's tables let nobody but their owner see a row, whatever was granted, until a policy says otherwise. */
async function openJobs(sql: postgres.TransactionSql, to: postgres.Helper<string, []>): Promise<void> {
  await sql`grant select, insert, update, delete on all tables in schema graphile_worker to ${to}`;
  await sql`revoke insert, update, delete on graphile_worker.migrations from ${to}`;
  await sql`grant usage, select on all sequences in schema graphile_worker to ${to}`;
  await sql`grant execute on all functions in schema graphile_worker to ${to}`;
  const closed = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'graphile_worker'::regnamespace and relrowsecurity
      and not exists (select from pg_policy where polrelid = pg_class.oid and polname = 'open_to_whoever_has_rights')`;
  for (const { name } of closed) {
    await sql`create policy open_to_whoever_has_rights on ${sql(`graphile_worker.${name}`)} using (true)`;
  }
}

/** `owner` where that role could give itself every right: a superuser, or one to whom the owner's tables belong. */
export async function standingOf(ownerUrl: string, role: string): Promise<"missing" | "owner" | "separate"> {
  return asOwner(ownerUrl, async (sql) => {
    const [row] = await sql<{ owns: boolean }[]>`
      select rolsuper or pg_has_role(oid, current_user, 'member') or exists (
        select from pg_class where relnamespace = 'public'::regnamespace
          and relname in ('audit_entries', 'audit_head') and pg_has_role(role.oid, relowner, 'member')) as owns
      from pg_roles as role where rolname = ${role}`;
    if (row === undefined) return "missing";
    return row.owns ? "owner" : "separate";
  });
}

async function asOwner<T>(url: string, work: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return (await sql.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(${advisoryLock})`;
      return work(transaction);
    })) as T;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
