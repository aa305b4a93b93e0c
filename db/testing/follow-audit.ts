import type postgres from "postgres";

/** The audit log is append-only, in tests too: asks for what was added to it since this call, oldest first. */
export async function followAudit(sql: postgres.Sql): Promise<() => Promise<postgres.Row[]>> {
  const [last] = await sql`select coalesce(max(id), 0)::int as id from audit_entries`;
  return () => sql`
    select action, actor_name as by, actor_address as address, subject, before, after from audit_entries
    where id > ${last?.id} order by id`;
}
