import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { genesisHash } from "./entry-hash.ts";
import { verifyChain } from "./verify-chain.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

const note = (ctx: Context, name: string) => record(ctx, { action: "test/note", subject: `note:${name}` });

async function writeNotes(count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) await note(database.ctx, String(number));
}

/** What nobody but the owner can do, and the owner only on purpose. */
async function behindOurBack(statement: string): Promise<void> {
  await database.client.sql.begin(async (sql) => {
    await sql.unsafe("alter table audit_entries disable trigger user");
    await sql.unsafe("alter table audit_head disable trigger user");
    await sql.unsafe(statement);
    await sql.unsafe("alter table audit_entries enable trigger user");
    await sql.unsafe("alter table audit_head enable trigger user");
  });
}

test("an empty log is intact, and so is a long one, whose head is the last entry's hash", async () => {
  expect(await verifyChain(database.ctx)).toEqual({ entries: 0, headHash: genesisHash, problem: null });
  await database.client.sql`
    insert into audit_entries (actor_kind, actor_name, action, subject)
    select 'system', 'test', 'test/note', 'note:' || n from generate_series(1, 2500) n`;
  const report = await verifyChain(database.ctx);
  const [head] = await database.client.sql`select sequence, hash from audit_head`;
  expect(report).toEqual({ entries: 2_500, headHash: head?.hash, problem: null });
  expect(Number(head?.sequence)).toBe(2_500);
});

/** Whatever PostgreSQL takes as text: everything but NUL. */
const text = fc.string({ unit: "binary", maxLength: 12 }).map((value) => value.replaceAll("\0", ""));
const json = fc.option(
  fc.dictionary(
    text,
    fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
  ),
  { nil: undefined },
);
const entry = fc.record({
  change: fc.record({ action: text, subject: text, before: json, after: json }),
  actor: fc.oneof(
    fc.record({ kind: fc.constant("system" as const), name: text }),
    fc.record({
      ...{ kind: fc.constant("user" as const), id: fc.nat(), name: text, email: text },
      ...{ role: fc.constant("engineer" as const), address: fc.option(text, { nil: undefined }) },
    }),
  ),
});
const transactions = fc.array(
  fc.record({ entries: fc.array(entry, { minLength: 1, maxLength: 4 }), isUndone: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);

test("whatever is written, at once or undone, the chain has no gap and both sides work out the same hashes", async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(transactions, async (all) => {
      await Promise.allSettled(
        all.map(({ entries, isUndone }) =>
          inTransaction(database.ctx, async (tx) => {
            for (const { actor, change } of entries) await record({ ...tx, actor }, change);
            if (isUndone) throw new Error("undone");
          }),
        ),
      );
      written += all.flatMap(({ entries, isUndone }) => (isUndone ? [] : entries)).length;
      expect(await verifyChain(database.ctx)).toMatchObject({ entries: written, problem: null });
    }),
    { numRuns: 30 },
  );
});

test.each([
  [
    "a changed row",
    "update audit_entries set subject = 'note:other' where sequence = 3",
    "Entry 3 (id 3, test/note of note:other) is not what was recorded",
  ],
  [
    "another time",
    "update audit_entries set happened_at = happened_at + interval '1 microsecond' where sequence = 4",
    "Entry 4",
  ],
  ["another actor", "update audit_entries set actor_name = 'somebody' where sequence = 1", "Entry 1"],
  ["a deleted row", "delete from audit_entries where sequence = 2", "Entry 2 is missing"],
  [
    "a cut tail",
    "delete from audit_entries where sequence >= 4",
    "Entry 4 is missing: the chain ends at 3, its head is at 5",
  ],
  ["an emptied log", "truncate audit_entries", "Entry 1 is missing"],
  [
    "a row put in past the trigger",
    "insert into audit_entries (actor_kind, actor_name, action, subject) values ('system', 'x', 'x', 'x')",
    "has no place in the chain",
  ],
  [
    "a row hidden before the first",
    "insert into audit_entries (actor_kind, actor_name, action, subject, sequence) values ('system', 'x', 'x', 'x', -1)",
    "has no place in the chain",
  ],
  [
    "a row put behind the head",
    "insert into audit_entries (actor_kind, actor_name, action, subject, sequence, hash) values ('system', 'x', 'x', 'x', 6, 'x')",
    "Entry 6",
  ],
  [
    "two rows in each other's place",
    "update audit_entries set sequence = case sequence when 2 then -3 else -2 end where sequence in (2, 3); update audit_entries set sequence = -sequence where sequence < 0",
    "Entry 2",
  ],
  ["a head that was moved back", "update audit_head set sequence = 4", "Entry 5 stands behind the head"],
  [
    "a head of another hash",
    "update audit_head set hash = 'x'",
    "The head of the chain is not the hash of entry 5",
  ],
])("%s is found", async (_, statement, found) => {
  await writeNotes(5);
  await behindOurBack(statement);
  expect((await verifyChain(database.ctx)).problem).toContain(found);
});

test("a tail that was cut together with the head is found by a hash noted earlier", async () => {
  await writeNotes(5);
  const { headHash } = await verifyChain(database.ctx);
  await note(database.ctx, "later");
  expect((await verifyChain(database.ctx, { notedHashes: [headHash, genesisHash] })).problem).toBeNull();
  await behindOurBack(`delete from audit_entries where sequence >= 5;
    update audit_head set sequence = 4, hash = (select hash from audit_entries where sequence = 4)`);
  expect((await verifyChain(database.ctx)).problem).toBeNull();
  const { problem } = await verifyChain(database.ctx, { notedHashes: [headHash] });
  expect(problem).toBe(`The noted hash ${headHash} does not occur: the chain was made anew.`);
});

test.each([
  "update audit_entries set subject = 'x'",
  "delete from audit_entries",
  "truncate audit_entries",
  "update audit_head set sequence = 0",
  "delete from audit_head",
  "insert into audit_head values (2, 0, '')",
  "truncate audit_head",
])("even the owner is refused: %s", async (statement) => {
  await writeNotes(1);
  await expect(database.client.sql.unsafe(statement)).rejects.toThrow("the audit log is append-only");
});
test("nobody brings a place or a hash of their own", async () => {
  const forged = database.client.sql`
    insert into audit_entries (actor_kind, actor_name, action, subject, sequence, hash)
    values ('system', 'x', 'x', 'x', 1, 'x')`;
  await expect(forged).rejects.toThrow("gets its hash at commit");
});
