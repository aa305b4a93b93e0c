import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, inject, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { asAdministrator } from "#db/testing/template.ts";
import { systemContext } from "#server/kernel/context.ts";
import { verifyChain } from "#server/services/audit/verify-chain.ts";

const folder = new URL("./migrations/", import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .sort();

test("what was recorded before there was a chain is chained by the migration, in its order", async () => {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const adminUrl = inject("testServerUrl");
  await asAdministrator(adminUrl, (sql) => sql.unsafe(`create database ${name}`));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const { sql, db, close } = openDatabase(url.href);
  const apply = async (wanted: (file: string) => boolean) => {
    for (const file of files.filter(wanted)) {
      for (const statement of readFileSync(new URL(file, folder), "utf8").split("--> statement-breakpoint")) {
        await sql.unsafe(statement);
      }
    }
  };
  try {
    await apply((file) => file < "0004");
    await sql`
      insert into audit_entries (actor_kind, actor_name, action, subject, after)
      select 'user', 'Ada', 'services/update', 'service:' || n, jsonb_build_object('n', n / 3.0) from generate_series(1, 50) n`;
    await sql.begin((tx) => tx.unsafe(readFileSync(new URL("0004_audit_chain.sql", folder), "utf8")));
    const report = await verifyChain(systemContext(db, "test"));
    expect(report).toMatchObject({ entries: 50, problem: null });
    const [order] = await sql`select bool_and(sequence = id) as "isKept" from audit_entries`;
    expect(order?.isKept).toBe(true);
  } finally {
    await close();
    await asAdministrator(adminUrl, (administrator) =>
      administrator.unsafe(`drop database ${name} with (force)`),
    );
  }
});
