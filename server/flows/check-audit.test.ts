import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { record } from "#server/kernel/audit.ts";
import { checkAudit, readAuditCheck } from "./check-audit.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

test("the outcome is remembered, and a chain that was made anew stays found however often one looks", async () => {
  const { ctx } = database;
  expect(await readAuditCheck(ctx)).toBeNull();
  for (const name of ["a", "b"]) await record(ctx, { action: "test/note", subject: name });
  const good = await checkAudit(ctx);
  expect(good).toMatchObject({ entries: 2, problem: null });
  expect(await readAuditCheck(ctx)).toEqual(good);
  await database.client.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`delete from audit_entries where sequence = 2`;
    await sql`update audit_head set sequence = 1, hash = (select hash from audit_entries where sequence = 1)`;
  });
  await record(ctx, { action: "test/note", subject: "another" });
  for (const look of ["first", "again"]) {
    expect((await checkAudit(ctx)).problem, look).toContain(good.headHash);
  }
  expect((await readAuditCheck(ctx))?.problem).toContain("was made anew");
});
