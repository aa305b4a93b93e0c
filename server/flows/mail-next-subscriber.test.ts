import { type AddressObject, type ParsedMail, simpleParser } from "mailparser";
import type { SMTPServerOptions } from "smtp-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import type { FeedState } from "#server/domain/feed.ts";
import type { Cadence } from "#server/domain/subscription.ts";
import type { Context } from "#server/kernel/context.ts";
import { openLinkToken } from "#server/kernel/link-token.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { openSmtp, type TestSmtp } from "#server/kernel/testing/open-smtp.ts";
import { publishDeployment, publishHold } from "#server/services/feed/publish.ts";
import { writeNote } from "#server/services/feed/write-note.ts";
import { askSubscription } from "#server/services/subscriptions/ask-subscription.ts";
import { confirmSubscription } from "#server/services/subscriptions/confirm-subscription.ts";
import { countSubscriptions } from "#server/services/subscriptions/count-subscriptions.ts";
import { endSubscription } from "#server/services/subscriptions/end-subscription.ts";
import { forgetSubscriptions } from "#server/services/subscriptions/forget-subscriptions.ts";
import { mailNextSubscriber, sharedNews } from "./mail-next-subscriber.ts";
import { wakeSubscribers } from "./wake-subscribers.ts";

/** `shop` and `cafe` are public in production, `hidden` nowhere, and nothing is in staging. */
let database: TestDatabase;
let ctx: Context;
let now = new Date();
let shop: TrafficRows;
let staging: TrafficRows;
let cafe: TrafficRows;
let hidden: TrafficRows;
let smtp: TestSmtp;
const portalUrl = "https://deploy.example.org";
const keys = () => [parseSealingKey("b".repeat(64))].filter((key) => key !== null);

beforeAll(async () => {
  database = await openTestDatabase();
  const { sql } = database.client;
  ctx = { ...database.ctx, now: () => now };
  shop = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
  staging = await insertServiceEnvironment(sql, { service: "shop", environment: "staging" });
  cafe = await insertServiceEnvironment(sql, { service: "cafe", environment: "production" });
  hidden = await insertServiceEnvironment(sql, { service: "hidden", environment: "production" });
  await sql`update services set name = initcap(slug), is_public = slug <> 'hidden', repository_url = 'https://git.internal/x',
    public_contact = case slug when 'shop' then 'the help desk' end`;
  await sql`update environments set name = initcap(slug), is_shown = slug = 'production'`;
});
afterAll(() => database.close());

const open = async (options: SMTPServerOptions = {}) => {
  await smtp?.close();
  smtp = await openSmtp(options);
};
beforeEach(async () => {
  now = new Date();
  await open();
});
afterEach(async () => {
  await database.client.sql`delete from subscriptions`;
  await database.client.sql`delete from deployments`;
  await smtp.close();
});

/** A deployment past the verbs, with its line, which is looked at at once. */
async function deploy(rows: TrafficRows, state: FeedState = "live", sha = "a".repeat(40), kind = "deploy") {
  const { sql } = database.client;
  const [row] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
      requested_by_name, started_at, switched_at, finished_at)
    values (${rows.serviceEnvironmentId}, ${kind}, 'queued', ${sha}, 'Secret subject', 'Ada', ${rows.releaseId},
      'Ada', now(), ${state === "live" ? sql`now()` : null}, null) returning id::int`;
  await publishDeployment(ctx, row?.id, state);
  while (await wakeSubscribers(ctx));
}

async function round(): Promise<void> {
  while (await wakeSubscribers(ctx));
  const mailing = { mailer: smtp.mailer, keys, portalUrl, readNews: sharedNews() };
  while (await mailNextSubscriber(ctx, mailing));
}

const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1_000);
};
const mails = (): Promise<ParsedMail[]> => Promise.all(smtp.received.map((mail) => simpleParser(mail)));
const subjects = async () => (await mails()).map(({ subject }) => subject);
const toOf = ({ to }: ParsedMail) => (to as AddressObject).text;

async function linkIdOf(address: string): Promise<string> {
  const [row] = await database.client.sql`
    select link_id from subscriptions where address = ${address} order by id desc limit 1`;
  return row?.link_id;
}

/** Somebody who has confirmed already. */
async function subscribe(address: string, cadence: Cadence = "each", serviceSlug: string | null = null) {
  while (await wakeSubscribers(ctx));
  await askSubscription(ctx, { address, serviceSlug, cadence });
  await confirmSubscription(ctx, await linkIdOf(address));
}

const rowOf = async (address: string) => {
  const [row] = await database.client.sql`select * from subscriptions where address = ${address}`;
  return row;
};

describe("subscribing", () => {
  test("takes a button on the page that the mail leads to; until then nothing is sent", async () => {
    await askSubscription(ctx, { address: " Bo@Example.org ", serviceSlug: "shop", cadence: "each" });
    await deploy(shop);
    later(120);
    await round();
    await round();
    const [mail, ...others] = await mails();
    expect(others).toEqual([]);
    expect(mail?.subject).toBe("Please confirm: What’s new in Shop by e-mail");
    const [, token = ""] = /\/subscriptions\/confirm\/([\w-]{43})\n/.exec(mail?.text ?? "") ?? [];
    const linkId = openLinkToken(keys, "confirm a subscription", token) ?? "";
    expect(mail?.html).toContain(token);
    await confirmSubscription(ctx, linkId);
    await expect(confirmSubscription(ctx, linkId)).rejects.toThrow("used already");
    later(120);
    await round();
    expect(smtp.received).toHaveLength(1);
    await deploy(shop);
    later(61);
    await round();
    later(61);
    await round();
    expect(await subjects()).toEqual([mail?.subject, "Maintenance release (Shop)"]);
  });

  test("that nobody confirms is forgotten after two days", async () => {
    await askSubscription(ctx, { address: "bo@example.org", serviceSlug: null, cadence: "each" });
    const linkId = await linkIdOf("bo@example.org");
    later(48 * 3_600 + 1);
    await round();
    expect(smtp.received).toEqual([]);
    await expect(confirmSubscription(ctx, linkId)).rejects.toThrow("its time is over");
    expect(await forgetSubscriptions(ctx, 30)).toBe(1);
    expect(await rowOf("bo@example.org")).toBeUndefined();
  });

  test("again changes nothing but the pace, and that only once it is confirmed", async () => {
    await subscribe("bo@example.org");
    const linkId = await linkIdOf("bo@example.org");
    await askSubscription(ctx, { address: "bo@example.org", serviceSlug: null, cadence: "daily" });
    await askSubscription(ctx, { address: "BO@example.org", serviceSlug: null, cadence: "daily" });
    await round();
    expect(await subjects()).toEqual(["Please confirm: What’s new by e-mail"]);
    expect(
      (await database.client.sql`select cadence from subscriptions where state = 'active'`).map(String),
    ).toHaveLength(1);
    await confirmSubscription(ctx, await linkIdOf("bo@example.org"));
    expect(await rowOf("bo@example.org")).toMatchObject({
      link_id: linkId,
      cadence: "daily",
      state: "active",
    });
  });

  test.each(["hidden", "nothing"])("to %s is refused in the same words", async (serviceSlug) => {
    const wish = { address: "bo@example.org", serviceSlug, cadence: "each" } as const;
    await expect(askSubscription(ctx, wish)).rejects.toThrow("There is no such feed.");
  });

  test("leaves no address in the audit log, and no reason that could hold one", async () => {
    await subscribe("bo@example.org");
    await endSubscription(ctx, await linkIdOf("bo@example.org"));
    const entries = await database.client.sql`
      select action, actor_address, subject, before, after from audit_entries where action like 'subscriptions/%'`;
    expect(entries.slice(-2).map(({ action }) => action)).toEqual([
      "subscriptions/confirm",
      "subscriptions/end",
    ]);
    expect(JSON.stringify(entries)).not.toContain("@");
  });
});

describe("as it happens", () => {
  test("a mail says what is new, a quiet minute later, with the note that was written meanwhile", async () => {
    await subscribe("bo@example.org");
    const [service] = await database.client.sql`select id::int from services where slug = 'shop'`;
    const sha = "b".repeat(40);
    await deploy(shop, "live", sha);
    await round();
    later(40);
    const note = {
      kind: "better",
      text: "Search is **fast**. Try it.",
      linkUrl: "https://example.org/?a=1&b=2",
    } as const;
    await writeNote(ctx, { id: service?.id, slug: "shop" }, sha, note);
    // It happened now by the database's clock: for the subscriber's clock that is 40 s ago.
    await database.client.sql`update feed_changes set happened_at = ${now.toISOString()} where word = 'note'`;
    later(30);
    await round();
    expect(smtp.received).toEqual([]);
    later(31);
    await round();
    const [mail] = await mails();
    expect(mail?.subject).toBe("Search is fast (Shop)");
    expect(mail?.text).toContain("Search is fast. Try it.");
    expect(mail?.text).toMatch(/Shop #1 in Production, live since \d+ \w+ \d{4}, \d\d:\d\d UTC/);
    expect(mail?.text).toContain("Questions: the help desk");
    expect(mail?.text).toMatch(/https:\/\/deploy\.example\.org\/feed\/item\/[0-9a-f-]{36}/);
    expect(mail?.html).toContain('<a href="https://example.org/?a=1&amp;b=2">Read more</a>');
    expect(mail?.headers.get("auto-submitted")).toBe("auto-generated");
  });

  test("it is never put off for longer than ten minutes", async () => {
    await subscribe("bo@example.org");
    for (let time = 0; time < 12; time += 1) {
      expect(smtp.received).toEqual([]);
      await deploy(shop, "live", "c".repeat(40));
      await database.client
        .sql`update feed_changes set happened_at = ${now.toISOString()} where revision = (select max(revision) from feed_changes)`;
      await round();
      later(55);
    }
    expect(await subjects()).toEqual(["What’s new: 12 entries"]);
  });

  test("what is under way, failed, was maintained or is of no concern is told to nobody", async () => {
    await subscribe("bo@example.org");
    await subscribe("shop@example.org", "each", "shop");
    await deploy(shop, "started");
    await deploy(shop, "failed");
    await deploy(shop, "live", "a".repeat(40), "restart");
    await deploy(staging);
    await deploy(hidden);
    later(120);
    await round();
    expect(smtp.received).toEqual([]);
    expect((await rowOf("bo@example.org"))?.next_try_at).toBeNull();
    await deploy(cafe);
    later(120);
    await round();
    expect((await mails()).map(toOf)).toEqual(["bo@example.org"]);
  });

  test("switch-backs and holds are told, several of them in one mail", async () => {
    await subscribe("bo@example.org");
    await deploy(shop, "live", "a".repeat(40), "switch-back");
    const [environment] = await database.client.sql`select id from environments where slug = 'production'`;
    const [hold] = await database.client.sql`
      insert into holds (environment_id, reason, placed_by_name, ends_at)
      values (${environment?.id}, 'Secret reason', 'Ada', now() + interval '1 hour') returning id::int`;
    await publishHold(ctx, hold?.id, "held");
    later(120);
    await round();
    const [mail] = await mails();
    expect(mail?.subject).toBe("What’s new: 2 entries");
    expect(mail?.text).toContain("Back to #1 (Shop)");
    expect(mail?.text).toMatch(/All services in Production, on hold since .* UTC, until .* UTC/);
    await database.client.sql`delete from holds`;
  });

  test("what comes while a mail is on its way is told by the next", async () => {
    await subscribe("bo@example.org");
    await deploy(shop);
    later(120);
    await open({
      onRcptTo: (_, __, callback) => {
        void deploy(cafe).then(() => callback());
      },
    });
    await round();
    expect(await subjects()).toEqual(["Maintenance release (Shop)"]);
    await open();
    later(61);
    await round();
    expect(await subjects()).toEqual(["Maintenance release (Cafe)"]);
  });

  test("a line that is public no more when it is sent is not sent", async () => {
    await subscribe("bo@example.org");
    await deploy(cafe);
    await round();
    await database.client.sql`update services set is_public = false where slug = 'cafe'`;
    later(120);
    await round();
    await database.client.sql`update services set is_public = true where slug = 'cafe'`;
    later(120);
    await round();
    expect(smtp.received).toEqual([]);
  });
});

test("once a day everything comes in one mail at 08:00 UTC", async () => {
  await subscribe("bo@example.org", "daily");
  await deploy(shop);
  await deploy(cafe);
  await round();
  const due = new Date((await rowOf("bo@example.org"))?.next_try_at);
  expect(due.toISOString()).toMatch(/T08:00:00.000Z$/);
  const aheadMs = due.getTime() - now.getTime();
  expect(aheadMs).toBeGreaterThan(0);
  expect(aheadMs).toBeLessThanOrEqual(86_400_000);
  now = new Date(due.getTime() - 1_000);
  await round();
  expect(smtp.received).toEqual([]);
  now = new Date(due.getTime() + 15 * 60_000);
  await round();
  expect(await subjects()).toEqual(["What’s new: 2 entries"]);
  expect((await mails())[0]?.text).toContain("at 08:00 UTC");
});

const refusing = (responseCode: number, message: string): SMTPServerOptions => ({
  onRcptTo: (_, __, callback) => callback(Object.assign(new Error(message), { responseCode })),
});

describe("a mail that does not arrive", () => {
  test("is tried again with growing pauses, the same under the same name", async () => {
    await subscribe("bo@example.org");
    await deploy(shop);
    later(120);
    await open(refusing(451, "try later, bo@example.org"));
    for (const pause of [60, 120, 240]) {
      await round();
      later(pause - 2);
      expect(Date.parse((await rowOf("bo@example.org"))?.next_try_at)).toBeGreaterThan(Number(now));
      later(3);
    }
    expect(await countSubscriptions(ctx)).toMatchObject({ active: 1, failing: 1 });
    expect((await countSubscriptions(ctx)).problem).toMatch(/451 try later, •••/);
    // What is new meanwhile has a mail of its own.
    await deploy(cafe);
    const name = (await rowOf("bo@example.org"))?.telling_id;
    await open();
    await round();
    const [mail] = await mails();
    expect(mail?.messageId).toBe(`<${name}@deploy.example.org>`);
    expect(mail?.subject).toBe("Maintenance release (Shop)");
    later(120);
    await round();
    expect((await subjects()).at(-1)).toBe("Maintenance release (Cafe)");
    expect(await countSubscriptions(ctx)).toEqual({ active: 1, failing: 0, problem: null });
  });

  test("because nobody is there ends the subscription; the address is forgotten after 30 days", async () => {
    await subscribe("bo@example.org");
    await deploy(shop);
    later(120);
    await open(refusing(550, "5.1.1 <bo@example.org> is unknown"));
    await round();
    const row = await rowOf("bo@example.org");
    expect(row).toMatchObject({ state: "ended", next_try_at: null });
    expect(row?.problem).toContain("550 5.1.1 <•••> is unknown");
    await open();
    later(29 * 86_400);
    await forgetSubscriptions(ctx, 30);
    expect(await rowOf("bo@example.org")).toBeDefined();
    later(86_401);
    await forgetSubscriptions(ctx, 30);
    expect(await database.client.sql`select address from subscriptions`).toEqual([{ address: null }]);
    expect(JSON.stringify(await database.client.sql`select * from audit_entries`)).not.toContain(
      "bo@example",
    );
  });

  test("because of who writes ends nothing for a day: thousands must not be lost by one wrong setting", async () => {
    await subscribe("bo@example.org");
    await deploy(shop);
    later(120);
    await open(refusing(554, "5.7.1 Relay access denied"));
    for (let tried = 1; tried <= 12; tried += 1) {
      await round();
      expect(await rowOf("bo@example.org")).toMatchObject({ state: "active", attempts: tried });
      later(4 * 3_600);
    }
    await round();
    expect((await rowOf("bo@example.org"))?.state).toBe("ended");
  });

  test("because who sent it fell over is sent again as it was", async () => {
    await subscribe("bo@example.org");
    await deploy(shop);
    later(120);
    while (await wakeSubscribers(ctx));
    const failing = { ...ctx, db: ctx.db };
    const mailing = { mailer: smtp.mailer, keys, portalUrl, readNews: sharedNews() };
    const falling = {
      ...mailing,
      mailer: {
        ...smtp.mailer,
        async send(mail: Parameters<typeof smtp.mailer.send>[0]) {
          await smtp.mailer.send(mail);
          throw new Error("fell over");
        },
      },
    };
    await expect(mailNextSubscriber(failing, falling)).rejects.toThrow("fell over");
    // Nobody else takes it while its lease lasts, and then somebody does.
    expect(await mailNextSubscriber(ctx, mailing)).toBe(false);
    await deploy(cafe);
    await database.client.sql`update subscriptions set leased_until = '-infinity'`;
    await round();
    const [first, again] = await mails();
    expect(again?.messageId).toBe(first?.messageId);
    expect(again?.text).toBe(first?.text);
    later(120);
    await round();
    expect(await subjects()).toHaveLength(3);
  });
});

describe("ending it", () => {
  test("is offered to mail programs and readers, and works as often as one likes", async () => {
    await subscribe("bo@example.org");
    await deploy(shop);
    later(120);
    await round();
    const source = String(smtp.received[0]).replaceAll(/\r\n[ \t]+/g, " ");
    const [, token = ""] =
      /^List-Unsubscribe: ?<https:\/\/deploy\.example\.org\/api\/subscriptions\/end\/([\w-]{43})>/m.exec(
        source,
      ) ?? [];
    expect(source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    expect((await mails())[0]?.text).toContain(`${portalUrl}/subscriptions/end/${token}`);
    const rotated = () =>
      [...keys().map(() => parseSealingKey("c".repeat(64))), ...keys()].filter((key) => key !== null);
    const linkId = openLinkToken(rotated, "end a subscription", token) ?? "";
    await endSubscription(ctx, linkId);
    await endSubscription(ctx, linkId);
    await deploy(shop);
    later(120);
    await round();
    expect(smtp.received).toHaveLength(1);
    // Whoever wants it again asks again.
    await subscribe("bo@example.org");
    expect((await countSubscriptions(ctx)).active).toBe(1);
  });

  test("while a mail is on its way leaves it ended", async () => {
    await subscribe("bo@example.org");
    await deploy(shop);
    later(120);
    const linkId = await linkIdOf("bo@example.org");
    await open({ onRcptTo: (_, __, callback) => void endSubscription(ctx, linkId).then(() => callback()) });
    await round();
    expect(await rowOf("bo@example.org")).toMatchObject({ state: "ended", next_try_at: null });
  });
});

test("no mail holds anything that is not public, or names another reader", async () => {
  await subscribe("bo@example.org");
  await subscribe("cy@example.net", "each", "shop");
  for (const rows of [shop, staging, hidden]) await deploy(rows);
  later(120);
  await round();
  await askSubscription(ctx, { address: "di@example.com", serviceSlug: "shop", cadence: "daily" });
  await round();
  expect(smtp.received).toHaveLength(3);
  for (const received of await mails()) {
    const { text = "", html, subject, headerLines } = received;
    const all = `${subject}\n${text}\n${html}\n${headerLines.map(({ line }) => line).join("\n")}`;
    for (const secret of ["Secret subject", "Ada", "idden", "taging", "git.internal", "aaaaaaa"]) {
      expect(all).not.toContain(secret);
    }
    const others = ["bo@example.org", "cy@example.net", "di@example.com"].filter(
      (one) => one !== toOf(received),
    );
    expect(others).toHaveLength(2);
    for (const other of others) expect(all).not.toContain(other);
  }
});

test("ten thousand subscribers cost nothing while nothing is news to them, and are each told once when it is", async () => {
  const { sql } = database.client;
  while (await wakeSubscribers(ctx));
  await sql`
    insert into subscriptions (address, service_id, cadence, state, asked_at)
    select 'reader' || n || '@example.org', case when n % 2 = 0 then services.id end, 'each', 'active', now()
    from generate_series(1, 10000) as n, services where slug = 'shop'`;
  const [before] = await sql`select sum(xmin::text::bigint) as stamp from subscriptions`;
  for (let n = 0; n < 50; n += 1) await deploy(hidden, n % 2 === 0 ? "live" : "started");
  await deploy(shop, "failed");
  while (await wakeSubscribers(ctx));
  expect(await sql`select sum(xmin::text::bigint) as stamp from subscriptions`).toEqual([before]);
  await deploy(cafe);
  while (await wakeSubscribers(ctx));
  expect(
    await sql`select service_id, count(*)::int from subscriptions where next_try_at is not null group by 1`,
  ).toEqual([{ service_id: null, count: 5_000 }]);
  const [woken] = await sql`select sum(xmin::text::bigint) as stamp from subscriptions`;
  await deploy(cafe);
  while (await wakeSubscribers(ctx));
  expect(await sql`select sum(xmin::text::bigint) as stamp from subscriptions`).toEqual([woken]);
});
