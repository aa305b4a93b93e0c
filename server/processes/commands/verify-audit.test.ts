import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { record } from "#server/kernel/audit.ts";
import { repositoryRoot } from "#server/kernel/env.ts";

// Each looks through a process of its own, as an operator does.
vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
  for (const name of ["a", "b", "c"]) {
    await record(database.ctx, { action: "test/note", subject: `note:${name}` });
  }
});
afterEach(() => database.close());

function verify(...parameters: string[]): { code: number | null; out: string; problem: string } {
  const cli = join(repositoryRoot, "server/processes/cli.ts");
  const environment = { ...process.env, DATABASE_URL: database.url, NODE_NO_WARNINGS: "1" };
  const run = spawnSync(process.execPath, [cli, "verify-audit", ...parameters], {
    env: environment,
    encoding: "utf8",
  });
  return { code: run.status, out: run.stdout, problem: run.stderr };
}

const headOf = (out: string) => /Head +([0-9a-f]{64})/.exec(out)?.[1] ?? "";

async function behindOurBack(statement: string): Promise<void> {
  await database.client.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql.unsafe(statement);
  });
}

test("an intact log: how many entries, the head to be noted, exit code 0; and the noted head is found later", async () => {
  const first = verify();
  expect(first).toMatchObject({ code: 0, problem: "" });
  expect(first.out).toMatch(/Entries that fit +3\n/);
  const [head] = await database.client.sql`select hash from audit_head`;
  expect(headOf(first.out)).toBe(head?.hash);
  await record(database.ctx, { action: "test/note", subject: "note:later" });
  expect(verify(headOf(first.out)).code).toBe(0);
});

test.each([
  [
    "a changed row",
    "update audit_entries set subject = 'note:x' where sequence = 2",
    "Entry 2 (id 2, test/note of note:x)",
  ],
  ["a deleted row", "delete from audit_entries where sequence = 1", "Entry 1 is missing"],
  ["a cut tail", "delete from audit_entries where sequence = 3", "Entry 3 is missing: the chain ends at 2"],
])("%s: the first entry that does not fit is named, exit code 1", async (_, statement, named) => {
  await behindOurBack(statement);
  const { code, problem } = verify();
  expect(problem).toContain(named);
  expect(code).toBe(1);
});

test("a tail cut together with its head is found by the head noted before; what is no hash is refused", async () => {
  const { out } = verify();
  await behindOurBack(`delete from audit_entries where sequence = 3;
    update audit_head set sequence = 2, hash = (select hash from audit_entries where sequence = 2)`);
  expect(verify().code).toBe(0);
  expect(verify(headOf(out)).code).toBe(1);
  expect(verify("yesterday").code).toBe(2);
});
