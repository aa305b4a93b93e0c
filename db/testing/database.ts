import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import { type DatabaseClient, openDatabase } from "#db/client.ts";
import { type Context, systemContext } from "#server/kernel/context.ts";
import { asAdministrator } from "./template.ts";

export interface TestDatabase {
  ctx: Context;
  client: DatabaseClient;
  url: string;
  close(): Promise<void>;
}

/** A fresh, migrated database of its own on real PostgreSQL; call `close` when the file's tests are over. */
export function openTestDatabase(): Promise<TestDatabase> {
  return open(inject("testTemplate"));
}

/** The same without any table. */
export function openEmptyDatabase(): Promise<TestDatabase> {
  return open("template0");
}

async function open(template: string): Promise<TestDatabase> {
  const adminUrl = inject("testServerUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await asAdministrator(adminUrl, (sql) => sql.unsafe(`create database ${name} template ${template}`));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const client = openDatabase(url.href);
  return {
    ctx: systemContext(client.db, "test"),
    client,
    url: url.href,
    async close() {
      await client.close();
      await asAdministrator(adminUrl, (sql) => sql.unsafe(`drop database ${name} with (force)`));
    },
  };
}
