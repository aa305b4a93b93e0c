import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { desc, eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { artifacts, releases } from "#db/schema/releases.ts";
import { noteArtifactGone } from "#server/services/pipeline/note-artifact-gone.ts";
import { S3Store } from "#server/services/pipeline/s3-store.ts";
import { openS3Server } from "#server/services/pipeline/testing/open-s3-server.ts";
import type { LabRequest, LabService } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

const { database, lab, state, untilOver } = await openTestLab();
mkdirSync(`${lab.dataFolder}/s3`);
const server = await openS3Server(`${lab.dataFolder}/s3`);
afterAll(() => server.close());
const store = new S3Store(server.settings);
const { endpoint, bucket, prefix, credentials } = server.settings;
await lab.startWorker("one", {
  ANYTIME_S3_ENDPOINT: endpoint ?? "",
  ANYTIME_S3_BUCKET: bucket,
  ANYTIME_S3_PREFIX: prefix,
  ANYTIME_S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
  ANYTIME_S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
});

async function run(wanted: LabRequest) {
  const id = await lab.ask(wanted);
  const { status, reason } = await untilOver(id, 40_000);
  return { id, status, reason, log: await state.log(id) };
}

async function newestRelease(service: LabService) {
  const [row] = await database.ctx.db
    .select({ release: releases, removedAt: artifacts.removedAt })
    .from(releases)
    .innerJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .where(eq(releases.serviceId, await serviceIdOf(service)))
    .orderBy(desc(releases.number))
    .limit(1);
  if (row === undefined) throw new Error("There is no release.");
  return { ...row.release, isGone: row.removedAt !== null };
}

async function serviceIdOf(service: LabService): Promise<number> {
  const [row] = await database.client.sql`select id::int from services where slug = ${service.slug}`;
  return row?.id;
}

/** As on a machine that has never seen it. */
function forgetLocally(service: LabService, digest: string): void {
  rmSync(`${lab.dataFolder}/artifacts/${digest}.tar.zst`, { force: true });
  rmSync(`${lab.dataFolder}/releases/${service.slug}`, { recursive: true, force: true });
}

test("a release runs from the shared store, and one that is missing there fails in words and is built anew", async () => {
  const service = await lab.addService("shared");
  const settings = sampleSettings({ build: "env && sh build.sh" });
  const commit = await service.repository.commit(sampleFiles({ settings }), "First");
  const first = await run({ serviceEnvironmentId: service.staging, commit });
  expect(first).toMatchObject({ status: "succeeded" });
  const release = await newestRelease(service);
  expect(await store.has(release.artifactDigest)).toBe(true);
  expect(first.log).toContain("ANYTIME_CACHE=");
  expect(first.log).not.toMatch(/ANYTIME_S3|S3RVER/);

  forgetLocally(service, release.artifactDigest);
  const promotion = { serviceEnvironmentId: service.production, kind: "promote", commit, release } as const;
  expect(await run(promotion)).toMatchObject({ status: "succeeded" });
  const live = await state.liveInstances(service.production);

  forgetLocally(service, release.artifactDigest);
  await store.remove(release.artifactDigest);
  const failed = await run(promotion);
  expect(failed.status).toBe("failed");
  expect(failed.reason).toContain(
    `The artifact ${release.artifactDigest.slice(0, 12)} is not in the bucket releases`,
  );
  expect(await state.liveInstances(service.production)).toEqual(live);

  const again = await run({ serviceEnvironmentId: service.production, commit });
  expect(again).toMatchObject({ status: "succeeded" });
  expect(again.log).toContain("Built again, #1 has the very same files as before.");
  expect(await newestRelease(service)).toMatchObject({
    ...{ number: 1, artifactDigest: release.artifactDigest, firstArtifactDigest: null, isGone: false },
  });
  expect(await store.has(release.artifactDigest)).toBe(true);
});

test("a build that does not come out the same is said, and never passed off as what runs elsewhere", async () => {
  const service = await lab.addService("unlike");
  const build = "sh build.sh && cat /proc/sys/kernel/random/uuid > dist/stamp";
  const commit = await service.repository.commit(
    sampleFiles({ settings: sampleSettings({ build }) }),
    "Stamp",
  );
  await run({ serviceEnvironmentId: service.staging, commit });
  const first = await newestRelease(service);
  await noteArtifactGone(database.ctx, first.artifactDigest);
  const elsewhere = await run({ serviceEnvironmentId: service.production, commit });
  expect(elsewhere.status).toBe("failed");
  expect(elsewhere.reason).toContain("its files are not those that run elsewhere under this number");
  expect(await newestRelease(service)).toMatchObject({ artifactDigest: first.artifactDigest });

  const newer = await service.repository.commit({ "more.txt": "x" }, "More");
  await run({ serviceEnvironmentId: service.staging, commit: newer });
  await database.client
    .sql`update pools set release_id = null where status <> 'live' and release_id = ${first.id}`;
  await database.client
    .sql`update instances set status = 'ended', ended_at = now() where release_id = ${first.id}`;
  const again = await run({ serviceEnvironmentId: service.production, commit });
  expect(again.log).toContain("Built again, #1 does not have the same files as before");
  expect(await newestRelease(service)).toMatchObject({ number: 2 });
  const [rebuilt] = await database.ctx.db.select().from(releases).where(eq(releases.id, first.id));
  expect(rebuilt).toMatchObject({ firstArtifactDigest: first.artifactDigest, rebuiltAt: expect.any(Date) });
  expect(rebuilt?.artifactDigest).not.toBe(first.artifactDigest);
});

test("the second build with the same lockfile does none of the work; clean builds and other services do all of it", async () => {
  const build =
    'for n in 1 2 3; do [ -f node_modules/p$n/index.js ] || { mkdir -p node_modules/p$n; echo "fetched p$n"; ' +
    'echo x > node_modules/p$n/index.js; }; done; [ -f "$ANYTIME_CACHE/tool" ] || echo "no tool"; ' +
    'touch "$ANYTIME_CACHE/tool"; sh build.sh';
  const settings = sampleSettings({ build, more: "cache: [node_modules, .next/cache]" });
  const files = { ...sampleFiles({ settings }), "package-lock.json": "{}" };
  const service = await lab.addService("cached");
  const buildOf = async (to: LabService, change: Record<string, string>, cleanBuild = false) => {
    const commit = await to.repository.commit(change, `Change ${Object.keys(change).join(" ")}`);
    const { status, log } = await run({ serviceEnvironmentId: to.staging, commit, cleanBuild });
    expect(status).toBe("succeeded");
    return { log, work: (log.match(/^(?:fetched p\d|no tool)$/gm) ?? []).length };
  };
  const first = await buildOf(service, files);
  expect(first.work).toBe(4);
  expect(first.log).toContain("Kept node_modules for the next build");
  const second = await buildOf(service, { "a.txt": "1" });
  expect(second.work).toBe(0);
  expect(second.log).toContain("Restored node_modules of a build with the same lockfiles");
  const changed = await buildOf(service, { "package-lock.json": '{"a": 1}' });
  expect(changed).toMatchObject({
    work: 0,
    log: expect.stringContaining("of the latest build; the lockfiles differ"),
  });
  expect((await buildOf(service, { "b.txt": "1" }, true)).work).toBe(4);
  const other = await lab.addService("cached-other");
  expect((await buildOf(other, files)).work).toBe(4);
  const kept = readdirSync(`${lab.dataFolder}/caches/cached`).filter((name) => name.endsWith(".tar.zst"));
  expect(kept).toHaveLength(1);
}, 90_000);
