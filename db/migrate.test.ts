import { expect, test } from "vitest";
import { migrate } from "#db/migrate.ts";
import { openTestDatabase } from "#db/testing/database.ts";

test("several processes may migrate at once, and again later", async () => {
  const database = await openTestDatabase();
  try {
    await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    const rows = await database.client.sql`select slug from environments order by position`;
    expect(rows.map((row) => row.slug)).toEqual(["staging", "production"]);
  } finally {
    await database.close();
  }
});
