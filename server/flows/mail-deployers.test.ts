import { simpleParser } from "mailparser";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertRelease, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import type { WatchOutcome } from "#server/domain/release-watch.ts";
import type { Context } from "#server/kernel/context.ts";
import { openSmtp, type TestSmtp } from "#server/kernel/testing/open-smtp.ts";
import { noteOutcome } from "#server/services/health/note-outcome.ts";
import { openReviews } from "#server/services/health/open-reviews.ts";
import { changeReviewMails } from "#server/services/identity/change-review-mails.ts";
import { mailNextDeployer } from "./mail-deployers.ts";

let database: TestDatabase;
let ctx: Context;
let smtp: TestSmtp;
let rows: TrafficRows;
let userId: number;
let latest: { releaseId: number };
let services = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  ({ ctx } = database);
});
afterAll(() => database.close());

beforeEach(async () => {
  const { sql } = database.client;
  await sql`delete from review_mails`;
  const number = ++services;
  rows = await insertServiceEnvironment(sql, { service: `s${number}`, environment: "production" });
  latest = rows;
  await sql`update environments set is_production = true`;
  const [user] = await sql`
    insert into users (email, name, role) values (${`ada${number}@example.org`}, 'Ada', 'engineer') returning id::int`;
  userId = user?.id;
  smtp = await openSmtp();
  return () => smtp.close();
});

/** Past the verbs: somebody has just switched to another release. */
async function switched(requestedBy: number | null = userId): Promise<number> {
  const { sql } = database.client;
  const releaseId = await insertRelease(sql, latest);
  latest = { releaseId };
  const [row] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id, previous_release_id,
      requested_by, requested_by_name, started_at, switched_at, finished_at)
    values (${rows.serviceEnvironmentId}, 'deploy', 'succeeded', 'abc', 'Change <it>', 'Ada', ${releaseId}, ${rows.releaseId},
      ${requestedBy}, 'Ada', now(), now(), now()) returning id::int`;
  await openReviews(ctx);
  return row?.id;
}

async function mailed(mailer = smtp.mailer) {
  while (await mailNextDeployer(ctx, { mailer, portalUrl: "https://deploy.example.org" }));
  return Promise.all(smtp.received.map((mail) => simpleParser(mail)));
}

const numbers = { requests: 1_000, errors: 60, p50Ms: 10, p95Ms: 20, p99Ms: 30 };
const worse: WatchOutcome = {
  answer: "worse",
  control: "before-after",
  signal: { kind: "errors" },
  isNoticeable: true,
  ofNew: numbers,
  ofOld: { ...numbers, errors: 10 },
  minutes: 2,
  source: "router",
};

test("whoever deployed is told that it is watched, and once that it became worse", async () => {
  const id = await switched();
  const [live, ...others] = await mailed();
  expect(others).toEqual([]);
  expect(live?.subject).toMatch(/ #\d+ in production is live$/);
  expect(live?.text).toContain(`https://deploy.example.org/review/${id}`);
  expect(live?.html).toContain("Change &lt;it&gt;");
  expect(live?.messageId).toContain(`review-${id}-opened`);
  await noteOutcome(ctx, id, { ...worse, isNoticeable: false });
  expect(await mailed()).toHaveLength(1);
  await noteOutcome(ctx, id, worse);
  await noteOutcome(ctx, id, { ...worse, minutes: 3 });
  const [, found, ...more] = await mailed();
  expect(more).toEqual([]);
  expect(found?.subject).toMatch(/is probably worse$/);
  expect(found?.text).toContain("errors 6.0 % against 1.0 %");
  await noteOutcome(ctx, id, { ...worse, minutes: 4 });
  expect(await mailed()).toHaveLength(2);
});

test("who wants none, has left, or did not ask for it themselves is not told", async () => {
  await changeReviewMails(ctx, { userId, wanted: false });
  await switched();
  expect(await mailed()).toEqual([]);
  await changeReviewMails(ctx, { userId, wanted: true });
  await database.client.sql`update users set left_at = now() where id = ${userId}`;
  await switched();
  await switched(null);
  expect(await mailed()).toEqual([]);
});

test("a mail that is not taken comes again, later, under the same name", async () => {
  const id = await switched();
  await smtp.close();
  await mailed();
  const due = async () => (await database.client.sql`select attempts, settled_at from review_mails`)[0];
  expect(await due()).toEqual({ attempts: 1, settled_at: null });
  smtp = await openSmtp();
  expect(await mailed()).toEqual([]);
  await database.client.sql`update review_mails set next_at = now()`;
  const [mail] = await mailed();
  expect(mail?.messageId).toContain(`review-${id}-opened`);
  expect(await due()).toMatchObject({ attempts: 2 });
});

test("what the mail server refuses for good is given up", async () => {
  await switched();
  await smtp.close();
  smtp = await openSmtp({
    onRcptTo: (_, __, callback) =>
      callback(Object.assign(new Error("No such user here"), { responseCode: 550 })),
  });
  expect(await mailed()).toEqual([]);
  await database.client.sql`update review_mails set next_at = now()`;
  expect(await mailNextDeployer(ctx, { mailer: smtp.mailer, portalUrl: "https://a" })).toBe(false);
});

test("nobody is told of what was over long before there was a mail server", async () => {
  const id = await switched();
  await database.client.sql`
    update health_reviews set watch_until = now() - interval '3 hours' where deployment_id = ${id}`;
  expect(await mailed()).toEqual([]);
});
