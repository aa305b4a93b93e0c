import { randomUUID } from "node:crypto";
import { drizzle } from "drizzle-orm/postgres-js";
import { runMigrations } from "graphile-worker";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { grantToApplication, makeApplicationRole, standingOf } from "#db/application-role.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { systemContext } from "#server/kernel/context.ts";
import { areRightsSeparate } from "#server/services/audit/are-rights-separate.ts";

const role = `app_${randomUUID().replaceAll("-", "")}`;
let database: TestDatabase;
let application: postgres.Sql;

beforeAll(async () => {
  database = await openTestDatabase();
  await runMigrations({ connectionString: database.url });
  await makeApplicationRole(database.url, "first password of many", role);
  await makeApplicationRole(database.url, "it's a 'password'", role);
  await grantToApplication(database.url, role);
  await grantToApplication(database.url, role);
  const url = new URL(database.url);
  url.username = role;
  url.password = encodeURIComponent("it's a 'password'");
  application = postgres(url.href, { max: 1 });
});
afterAll(async () => {
  await application.end();
  await database.client.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  await database.close();
});

const write = (columns = "", values = "") =>
  application.unsafe(`insert into audit_entries (actor_kind, actor_name, action, subject${columns})
    values ('system', 'test', 'test/note', 'note:1'${values})`);

test("the processes' role adds to the audit log and reads it", async () => {
  await write();
  const [entry] = await application`select sequence, hash from audit_entries order by id desc limit 1`;
  const [head] = await application`select sequence, hash from audit_head`;
  expect(entry).toEqual(head);
});

test.each([
  "update audit_entries set subject = 'x'",
  "update audit_entries set hash = hash",
  "delete from audit_entries",
  "truncate audit_entries",
  "update audit_head set sequence = 0",
  "insert into audit_head values (2, 0, 'x')",
  "delete from audit_head",
  "truncate audit_head",
  "select * from audit_head for update",
])("it is not allowed to: %s", async (statement) => {
  await expect(application.unsafe(statement)).rejects.toThrow("permission denied for table audit_");
});

test.each([
  "alter table audit_entries disable trigger user",
  "drop trigger keep_audit_entry on audit_entries",
  "drop table audit_head",
  "create or replace function chain_audit_entry() returns trigger language sql as 'select 1'",
  "set session_replication_role = replica",
  "create temporary table mine (id bigint)",
  "create function pg_temp.mine() returns trigger language plpgsql as 'begin return new; end'",
  "create trigger mine before insert on graphile_worker.migrations for each row execute function chain_audit_entry()",
  "delete from graphile_worker.migrations",
])("nor to take the guard away: %s", async (statement) => {
  await expect(application.unsafe(statement)).rejects.toThrow(/must be owner|permission denied/);
});

test("it has a trigger nowhere, and empties no table", async () => {
  const found = await database.client.sql`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname in ('public', 'drizzle', 'graphile_worker')
      and (has_table_privilege(${role}, c.oid, 'trigger') or has_table_privilege(${role}, c.oid, 'truncate'))`;
  expect(found).toEqual([]);
});

test("nor to say when it happened, or to bring a place and a hash", async () => {
  for (const [column, value] of [
    [", happened_at", ", now() - interval '1 year'"],
    [", sequence", ", 1"],
    [", hash", ", 'x'"],
  ]) {
    await expect(write(column, value)).rejects.toThrow("permission denied for table audit_entries");
  }
});

test("everything else it may, in tables of later migrations too, and run jobs", async () => {
  await database.client
    .sql`create table later (id bigint primary key generated always as identity, name text)`;
  await application`insert into later (name) values ('a')`;
  await application`update later set name = 'b'`;
  expect(await application`select name from later`).toEqual([{ name: "b" }]);
  await application`delete from later`;
  await application`select graphile_worker.add_job('look', '{}'::json)`;
  expect(await application`select task_identifier from graphile_worker.jobs`).toEqual([
    { task_identifier: "look" },
  ]);
  expect(await application`select id from drizzle.__drizzle_migrations limit 1`).toHaveLength(1);
});

test("a role that could give itself every right is told from one that cannot", async () => {
  expect(await standingOf(database.url, role)).toBe("separate");
  expect(await standingOf(database.url, new URL(database.url).username)).toBe("owner");
  expect(await standingOf(database.url, "nobody_of_this_name")).toBe("missing");
});

test("the portal knows that its role is a separate one", async () => {
  expect(await areRightsSeparate(systemContext(drizzle(application), "test"))).toBe(true);
});
