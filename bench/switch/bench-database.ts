import { randomUUID } from "node:crypto";
import { migrate } from "#db/migrate.ts";
import { asAdministrator } from "#db/testing/template.ts";

export interface BenchDatabase {
  url: string;
  close(): Promise<void>;
}

/** A migrated database for one run, on the server of ANYTIME_BENCH_DATABASE_URL. */
export async function openBenchDatabase(_folder: string): Promise<BenchDatabase> {
  const server = process.env.ANYTIME_BENCH_DATABASE_URL;
  if (server === undefined) throw new Error("Set ANYTIME_BENCH_DATABASE_URL.");
  const name = `bench_${randomUUID().replaceAll("-", "")}`;
  await asAdministrator(server, (sql) => sql.unsafe(`create database ${name}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrate(url.href);
  return {
    url: url.href,
    close: () => asAdministrator(server, (sql) => sql.unsafe(`drop database ${name} with (force)`)),
  };
}
