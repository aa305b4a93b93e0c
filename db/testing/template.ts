import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { migrate } from "#db/migrate.ts";

/** A migrated database that each test file's own is copied from: cheaper than migrating each time. */
export interface Template {
  name: string;
  drop(): Promise<void>;
}

export async function prepareTemplate(adminUrl: string): Promise<Template> {
  const name = `template_${randomUUID().replaceAll("-", "")}`;
  await asAdministrator(adminUrl, (sql) => sql.unsafe(`create database ${name}`));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  return {
    name,
    drop: () => asAdministrator(adminUrl, (sql) => sql.unsafe(`drop database ${name} with (force)`)),
  };
}

export async function asAdministrator(
  url: string,
  work: (sql: postgres.Sql) => Promise<unknown>,
): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
