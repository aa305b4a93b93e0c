import type { SMTPServerOptions } from "smtp-server";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { inTransaction } from "#server/kernel/context.ts";
import type { Mailer } from "#server/kernel/mailer.ts";
import { countSubscriptions } from "#server/services/subscriptions/count-subscriptions.ts";
import { forgetSubscriptions } from "#server/services/subscriptions/forget-subscriptions.ts";
import { mailNextSubscriber } from "./mail-next-subscriber.ts";
import { openReadership, type Readership } from "./testing/open-readership.ts";
import { wakeSubscribers } from "./wake-subscribers.ts";

/** What becomes of mails to subscribers that do not arrive, that several send at once, or that are thousands. */
let readers: Readership;
beforeAll(async () => {
  readers = await openReadership({ database: await openTestDatabase(), insert: insertServiceEnvironment });
});
afterEach(() => readers.clear());
afterAll(() => readers.close());

const refusing = (responseCode: number, message: string): SMTPServerOptions => ({
  onRcptTo: (_, __, callback) => callback(Object.assign(new Error(message), { responseCode })),
});

describe("a mail that does not arrive", () => {
  test("is tried again with growing pauses, the same under the same name", async () => {
    await readers.subscribe();
    await readers.deploy(readers.shop);
    readers.later(120);
    await readers.meetServer(refusing(451, "try later, bo@example.org"));
    for (const pause of [60, 120, 240]) {
      await readers.round();
      readers.later(pause - 2);
      expect(Date.parse((await readers.rowOf())?.next_try_at)).toBeGreaterThan(Number(readers.now()));
      readers.later(3);
    }
    expect(await countSubscriptions(readers.ctx)).toMatchObject({ active: 1, failing: 1 });
    expect((await countSubscriptions(readers.ctx)).problem).toMatch(/451 try later, •••/);
    // What is new meanwhile has a mail of its own.
    await readers.deploy(readers.cafe);
    const name = (await readers.rowOf())?.telling_id;
    await readers.meetServer();
    await readers.round();
    const [mail] = await readers.mails();
    expect(mail?.messageId).toBe(`<${name}@deploy.example.org>`);
    expect(mail?.subject).toBe("Maintenance release (Shop)");
    readers.later(120);
    await readers.round();
    expect((await readers.subjects()).at(-1)).toBe("Maintenance release (Cafe)");
    expect(await countSubscriptions(readers.ctx)).toEqual({ active: 1, failing: 0, problem: null });
  });

  test("because nobody is there ends the subscription; the address is forgotten after 30 days", async () => {
    await readers.subscribe();
    await readers.deploy(readers.shop);
    readers.later(120);
    await readers.meetServer(refusing(550, "5.1.1 <bo@example.org> is unknown"));
    await readers.round();
    const row = await readers.rowOf();
    expect(row).toMatchObject({ state: "ended", next_try_at: null });
    expect(row?.problem).toContain("550 5.1.1 <•••> is unknown");
    await readers.meetServer();
    readers.later(29 * 86_400);
    await forgetSubscriptions(readers.ctx, 30);
    expect(await readers.rowOf()).toBeDefined();
    readers.later(86_401);
    await forgetSubscriptions(readers.ctx, 30);
    expect(await readers.sql`select address from subscriptions`).toEqual([{ address: null }]);
    expect(JSON.stringify(await readers.sql`select * from audit_entries`)).not.toContain("bo@example");
  });

  test("because of who writes ends nothing for a day: thousands must not be lost by one wrong setting", async () => {
    await readers.subscribe();
    await readers.deploy(readers.shop);
    readers.later(120);
    await readers.meetServer(refusing(554, "5.7.1 Relay access denied"));
    for (let tried = 1; tried <= 12; tried += 1) {
      await readers.round();
      expect(await readers.rowOf()).toMatchObject({ state: "active", attempts: tried });
      readers.later(4 * 3_600);
    }
    await readers.round();
    expect((await readers.rowOf())?.state).toBe("ended");
  });

  test("because who sent it fell over is sent again as it was", async () => {
    await readers.subscribe();
    await readers.deploy(readers.shop);
    readers.later(120);
    await readers.wake();
    const mailing = readers.mailing();
    const { mailer } = mailing;
    const falling: Mailer = {
      ...mailer,
      async send(mail) {
        await mailer.send(mail);
        throw new Error("fell over");
      },
    };
    await expect(mailNextSubscriber(readers.ctx, { ...mailing, mailer: falling })).rejects.toThrow(
      "fell over",
    );
    // Nobody else takes it while its lease lasts, and then somebody does.
    expect(await mailNextSubscriber(readers.ctx, mailing)).toBe(false);
    await readers.deploy(readers.cafe);
    await readers.sql`update subscriptions set leased_until = '-infinity'`;
    await readers.round();
    const [first, again] = await readers.mails();
    expect(again?.messageId).toBe(first?.messageId);
    expect(again?.text).toBe(first?.text);
    readers.later(120);
    await readers.round();
    expect(await readers.subjects()).toHaveLength(3);
  });
});

test("whatever several do at once, everybody is told everything once", async () => {
  const addresses = Array.from({ length: 12 }, (_, n) => `reader${n}@example.org`);
  for (const [n, address] of addresses.entries())
    await readers.subscribe(address, "each", n % 3 === 0 ? "cafe" : null);
  // Nobody has to wait for quiet here: what is looked at is who wakes whom, and who sleeps when.
  const mailing = readers.mailing();
  const publishing = (async () => {
    for (let n = 0; n < 15; n += 1) {
      await readers.deploy(n % 2 === 0 ? readers.cafe : readers.shop);
      await readers.sql`update feed_changes set happened_at = now() - interval '1 hour'`;
      readers.later(70);
    }
  })();
  const sending = Array.from({ length: 4 }, async () => {
    for (let n = 0; n < 60; n += 1) {
      await mailNextSubscriber(readers.ctx, mailing);
      await wakeSubscribers(readers.ctx);
    }
  });
  await Promise.all([publishing, ...sending]);
  for (let n = 0; n < 3; n += 1) {
    readers.later(120);
    await readers.round();
  }
  const told = new Map<string, string[]>();
  for (const mail of await readers.mails()) {
    const items = [...(mail.text ?? "").matchAll(/feed\/item\/([0-9a-f-]{36})/g)].map(([, id = ""]) => id);
    told.set(readers.toOf(mail), [...(told.get(readers.toOf(mail)) ?? []), ...items]);
  }
  for (const [n, address] of addresses.entries()) {
    const items = told.get(address) ?? [];
    expect([address, items.length, new Set(items).size]).toEqual(
      n % 3 === 0 ? [address, 8, 8] : [address, 15, 15],
    );
  }
});

test("nobody falls asleep while somebody looks whom to wake", async () => {
  await readers.subscribe();
  await readers.deploy(readers.shop);
  readers.later(120);
  const look = (looked: () => void) =>
    inTransaction(readers.ctx, async (tx) => {
      await readers.deployUnseen(readers.cafe);
      await wakeSubscribers(tx);
      looked();
      // Until the mail is settled, or waits to be.
      const settling = () => readers.sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        union all select 1 from subscriptions where next_try_at is null`;
      await expect.poll(settling, { timeout: 10_000 }).toHaveLength(1);
    });
  let looking: Promise<void> | null = null;
  await readers.meetServer({
    onRcptTo: (_, __, callback) => {
      looking ??= look(callback);
    },
  });
  const mailing = readers.mailing();
  await mailNextSubscriber(readers.ctx, mailing);
  await looking;
  expect((await readers.rowOf())?.next_try_at).not.toBeNull();
  await readers.meetServer();
  readers.later(120);
  await readers.round();
  expect(await readers.subjects()).toEqual(["Maintenance release (Cafe)"]);
});

test("ten thousand subscribers cost nothing while nothing is news to them, and are each told once when it is", async () => {
  const { sql } = readers;
  await readers.wake();
  await sql`
    insert into subscriptions (address, service_id, cadence, state, asked_at)
    select 'reader' || n || '@example.org', case when n % 2 = 0 then services.id end, 'each', 'active', now()
    from generate_series(1, 10000) as n, services where slug = 'shop'`;
  const [before] = await sql`select sum(xmin::text::bigint) as stamp from subscriptions`;
  for (let n = 0; n < 50; n += 1) await readers.deploy(readers.hidden, n % 2 === 0 ? "live" : "started");
  await readers.deploy(readers.shop, "failed");
  await readers.wake();
  expect(await sql`select sum(xmin::text::bigint) as stamp from subscriptions`).toEqual([before]);
  await readers.deploy(readers.cafe);
  await readers.wake();
  expect(
    await sql`select service_id, count(*)::int from subscriptions where next_try_at is not null group by 1`,
  ).toEqual([{ service_id: null, count: 5_000 }]);
  const [woken] = await sql`select sum(xmin::text::bigint) as stamp from subscriptions`;
  await readers.deploy(readers.cafe);
  await readers.wake();
  expect(await sql`select sum(xmin::text::bigint) as stamp from subscriptions`).toEqual([woken]);
});
