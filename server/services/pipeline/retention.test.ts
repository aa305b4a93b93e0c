import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertInstance, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { inTransaction } from "#server/kernel/context.ts";
import { clearStore } from "./clear-store.ts";
import { holdArtifact } from "./hold-artifact.ts";
import { LocalStore } from "./local-store.ts";
import { markUnneeded } from "./mark-unneeded.ts";
import { rememberArtifact } from "./remember-artifact.ts";
import { makeScratch } from "./testing/scratch.ts";

const scratch = makeScratch();
let database: TestDatabase;
let rows: TrafficRows;
let store: LocalStore;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.close();
  scratch.remove();
});
beforeEach(async () => {
  await database.client.sql`delete from services`;
  await database.client.sql`delete from artifacts`;
  const slug = `shop-${randomUUID().slice(0, 8)}`;
  rows = await insertServiceEnvironment(database.client.sql, { service: slug, environment: "staging" });
  store = new LocalStore(scratch.at(slug));
  mkdirSync(store.folder);
});

interface Made {
  id: number;
  number: number;
  sha: string;
  digest: string;
}

/** Releases after the first, each with an artifact in the store that is older than a day. */
async function makeReleases(count: number): Promise<Made[]> {
  const made: Made[] = [];
  for (let n = 0; n < count; n += 1) {
    const digest = createHash("sha256").update(randomUUID()).digest("hex");
    await database.client.sql`insert into artifacts (digest, bytes, file_count, created_at)
      values (${digest}, 10, 1, now() - interval '2 days')`;
    const [row] = await database.client.sql`
      insert into releases
        (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest)
      select service_id, (select max(number) + 1 from releases), ${digest.slice(0, 40)}, 's', 'Ada', now(), '{}', ${digest}
      from service_environments where id = ${rows.serviceEnvironmentId} returning id::int, number`;
    writeFileSync(store.file(digest), digest);
    made.push({ id: row?.id, number: row?.number, sha: digest.slice(0, 40), digest });
  }
  return made;
}

const mark = async (newestReleases = 1, releaseIds: number[] = []) =>
  (await markUnneeded(database.ctx, { newestReleases, releaseIds })).map(({ digest }) => digest).sort();
const digests = (made: (Made | undefined)[]) => made.map((one) => one?.digest ?? "").sort();

test("what is neither among the newest nor needed otherwise goes, with one entry in the audit log", async () => {
  const made = await makeReleases(5);
  expect(await mark(2)).toEqual(digests(made.slice(0, 3)));
  expect(await mark(2)).toEqual([]);
  expect(await clearStore(database.ctx, store)).toBe(3);
  expect(readdirSync(store.folder).sort()).toEqual(
    digests(made.slice(3)).map((digest) => `${digest}.tar.zst`),
  );
  const entries = await database.client.sql`
    select after from audit_entries where action = 'pipeline/clear-artifacts' order by id desc limit 1`;
  expect(entries[0]?.after).toMatchObject({ count: 3, bytes: 30 });
  expect([...(entries[0]?.after.digests ?? [])].sort()).toEqual(digests(made.slice(0, 3)));
});

test("live, warm, running, switch-back target, asked for and young ones stay", async () => {
  const made = await makeReleases(9);
  const [pooled, running, back, queued, bySha, young, unneeded] = made;
  await database.client.sql`update pools set release_id = ${pooled?.id ?? 0}
    where service_environment_id = ${rows.serviceEnvironmentId} and color = 'green'`;
  await insertInstance(
    database.client.sql,
    { ...rows, releaseId: running?.id ?? 0 },
    { pool: "blue", port: 1 },
  );
  const ask = (sha: string, releaseId: number | null) => database.client.sql`
    insert into deployments (service_environment_id, kind, sha, subject, author_name, release_id, requested_by_name)
    values (${rows.serviceEnvironmentId}, 'deploy', ${sha}, 's', 'Ada', ${releaseId}, 'Ada')`;
  await ask("0".repeat(40), queued?.id ?? 0);
  await ask(bySha?.sha ?? "", null);
  await database.client.sql`update artifacts set created_at = now() where digest = ${young?.digest ?? ""}`;
  expect(await mark(2, [back?.id ?? 0])).toEqual(digests([unneeded]));
  await database.client.sql`update deployments set status = 'cancelled', finished_at = now()`;
  expect(await mark(2, [back?.id ?? 0])).toEqual(digests([queued, bySha]));
});

test("one that is just being asked for is left alone; one that was just cleared away is said to be", async () => {
  const [old] = await makeReleases(3);
  const seen = { number: 2, artifactDigest: old?.digest ?? "", isArtifactGone: false };
  await inTransaction(database.ctx, async (tx) => {
    await holdArtifact(tx, seen);
    expect(await mark(2)).toEqual([]);
  });
  expect(await mark(2)).toEqual(digests([old]));
  await expect(inTransaction(database.ctx, (tx) => holdArtifact(tx, seen))).rejects.toMatchObject({
    name: "ConflictError",
    message: expect.stringContaining("has just been cleared away"),
  });
  await inTransaction(database.ctx, (tx) => holdArtifact(tx, { ...seen, isArtifactGone: true }));
});

test("asked for and cleared away at the same time, it is either kept or refused, never lost", async () => {
  const made = await makeReleases(13);
  const asked = made.slice(0, 12);
  const ask = (one: Made) =>
    inTransaction(database.ctx, async (tx) => {
      await holdArtifact(tx, { number: one.number, artifactDigest: one.digest, isArtifactGone: false });
      await tx.db.execute(`insert into deployments
        (service_environment_id, kind, sha, subject, author_name, release_id, requested_by_name)
        values (${rows.serviceEnvironmentId}, 'deploy', '${one.sha}', 's', 'Ada', ${one.id}, 'Ada')`);
      return true;
    }).catch(() => false);
  const [outcomes, ...marked] = await Promise.all([Promise.all(asked.map(ask)), mark(1), mark(1), mark(1)]);
  const gone = new Set(marked.flat());
  for (const [at, one] of asked.entries()) expect(outcomes[at]).toBe(!gone.has(one.digest));
});

test("what is built again is kept, however the clearing meets it", async () => {
  const [old] = await makeReleases(3);
  const artifact = { digest: old?.digest ?? "", bytes: 10, fileCount: 1 };
  await mark(2);
  await rememberArtifact(database.ctx, artifact);
  expect(await clearStore(database.ctx, store)).toBe(0);
  expect(existsSync(store.file(artifact.digest))).toBe(true);
  expect(await mark(2)).toEqual([]);
});

test("of a service that is gone nothing stays, nor what was never written down or finished; young ones wait", async () => {
  const made = await makeReleases(2);
  const [unknown, young] = ["a".repeat(64), "b".repeat(64)];
  for (const name of [`${unknown}.tar.zst`, `${young}.tar.zst`, "incoming-x", "incoming-y"]) {
    writeFileSync(`${store.folder}/${name}`, "x");
  }
  const longAgo = new Date(Date.now() - 2 * 24 * 3_600_000);
  for (const name of [`${unknown}.tar.zst`, "incoming-x"])
    utimesSync(`${store.folder}/${name}`, longAgo, longAgo);
  await database.client.sql`delete from services`;
  expect(await mark(20)).toEqual(digests(made));
  expect(await clearStore(database.ctx, store)).toBe(3);
  expect(readdirSync(store.folder).sort()).toEqual([`${young}.tar.zst`, "incoming-y"]);
  const left = await database.client
    .sql`select digest from artifacts where digest = any(${[unknown, ...digests(made)]})`;
  expect(left).toHaveLength(0);
});
