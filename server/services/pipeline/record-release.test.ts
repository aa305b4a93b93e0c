import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { services } from "#db/schema/services.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { findRelease } from "./find-release.ts";
import { recordRelease } from "./record-release.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function addService(slug: string): Promise<number> {
  const repository = { repositoryUrl: "https://example.org/x.git", defaultBranch: "main" };
  const [row] = await database.ctx.db
    .insert(services)
    .values({ slug, name: slug, ...repository })
    .returning({ id: services.id });
  if (row === undefined) throw new Error("no service");
  return row.id;
}

function release(serviceId: number, n: number, digest = "a") {
  return {
    serviceId,
    commit: {
      sha: String(n).padStart(40, "0"),
      subject: `commit ${n}`,
      authorName: "Ada",
      committedAt: new Date("2026-01-02T03:04:05Z"),
    },
    settingsFile: { release: { start: "x" } },
    artifact: { digest: digest.repeat(64), bytes: 10, fileCount: 2 },
  };
}

test("releases of a service are numbered from 1, those of another by themselves", async () => {
  const [a, b] = [await addService("numbered-a"), await addService("numbered-b")];
  expect(await recordRelease(database.ctx, release(a, 1))).toMatchObject({ number: 1 });
  expect(await recordRelease(database.ctx, release(a, 2))).toMatchObject({ number: 2 });
  expect(await recordRelease(database.ctx, release(b, 1))).toMatchObject({ number: 1 });
});

test("a commit has one release: a later artifact of it changes nothing", async () => {
  const id = await addService("once");
  const first = await recordRelease(database.ctx, release(id, 1, "a"));
  expect(await recordRelease(database.ctx, release(id, 1, "b"))).toEqual(first);
  expect(await findRelease(database.ctx, id, release(id, 1).commit.sha)).toEqual(first);
  expect(first.artifactDigest).toBe("a".repeat(64));
});

test("recorded side by side, no number is given twice or left out", async () => {
  const id = await addService("side-by-side");
  const made = await Promise.all(
    Array.from({ length: 12 }, (_, n) => recordRelease(database.ctx, release(id, n % 6))),
  );
  expect([...new Set(made.map(({ number }) => number))].sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("it stands in the audit log", async () => {
  const id = await addService("audited");
  const { id: releaseId } = await recordRelease(database.ctx, release(id, 1));
  const rows = await database.ctx.db.execute(
    sql`select action from audit_entries where subject = ${`release:${releaseId}`}`,
  );
  expect(rows).toEqual([{ action: "pipeline/record-release" }]);
});

test("of a service that is gone there is no release", async () => {
  await expect(recordRelease(database.ctx, release(999_999, 1))).rejects.toMatchObject({
    name: "NotFoundError",
  });
  expect(await findRelease(database.ctx, 999_999, "0".repeat(40))).toBeNull();
});
