import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { openLinkToken } from "#server/kernel/link-token.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { publishHold } from "#server/services/feed/publish.ts";
import { writeNote } from "#server/services/feed/write-note.ts";
import { askSubscription } from "#server/services/subscriptions/ask-subscription.ts";
import { confirmSubscription } from "#server/services/subscriptions/confirm-subscription.ts";
import { countSubscriptions } from "#server/services/subscriptions/count-subscriptions.ts";
import { endSubscription } from "#server/services/subscriptions/end-subscription.ts";
import { forgetSubscriptions } from "#server/services/subscriptions/forget-subscriptions.ts";
import { openReadership, type Readership, readersKeys } from "./testing/open-readership.ts";

/** Who is mailed, and what, by a real mail server. */
let readers: Readership;
beforeAll(async () => {
  readers = await openReadership({ database: await openTestDatabase(), insert: insertServiceEnvironment });
});
afterEach(() => readers.clear());
afterAll(() => readers.close());

describe("subscribing", () => {
  test("takes a button on the page that the mail leads to; until then nothing is sent", async () => {
    await askSubscription(readers.ctx, { address: " Bo@Example.org ", serviceSlug: "shop", cadence: "each" });
    await readers.deploy(readers.shop);
    readers.later(120);
    await readers.round();
    await readers.round();
    const [mail, ...others] = await readers.mails();
    expect(others).toEqual([]);
    expect(mail?.subject).toBe("Please confirm: What’s new in Shop by e-mail");
    const [, token = ""] = /\/subscriptions\/confirm\/([\w-]{43})\n/.exec(mail?.text ?? "") ?? [];
    const linkId = openLinkToken(readersKeys, "confirm a subscription", token) ?? "";
    expect(mail?.html).toContain(token);
    await confirmSubscription(readers.ctx, linkId);
    await expect(confirmSubscription(readers.ctx, linkId)).rejects.toThrow("used already");
    readers.later(120);
    await readers.round();
    expect(readers.received()).toHaveLength(1);
    await readers.deploy(readers.shop);
    readers.later(61);
    await readers.round();
    readers.later(61);
    await readers.round();
    expect(await readers.subjects()).toEqual([mail?.subject, "Maintenance release (Shop)"]);
  });

  test("that nobody confirms is forgotten after two days", async () => {
    await askSubscription(readers.ctx, { address: "bo@example.org", serviceSlug: null, cadence: "each" });
    const linkId = await readers.linkIdOf();
    readers.later(48 * 3_600 + 1);
    await readers.round();
    expect(readers.received()).toEqual([]);
    await expect(confirmSubscription(readers.ctx, linkId)).rejects.toThrow("its time is over");
    expect(await forgetSubscriptions(readers.ctx, 30)).toBe(1);
    expect(await readers.rowOf()).toBeUndefined();
  });

  test("again changes nothing but the pace, and that only once it is confirmed", async () => {
    await readers.subscribe();
    const linkId = await readers.linkIdOf();
    await askSubscription(readers.ctx, { address: "bo@example.org", serviceSlug: null, cadence: "daily" });
    await askSubscription(readers.ctx, { address: "BO@example.org", serviceSlug: null, cadence: "daily" });
    await readers.round();
    expect(await readers.subjects()).toEqual(["Please confirm: What’s new by e-mail"]);
    expect(
      (await readers.sql`select cadence from subscriptions where state = 'active'`).map(String),
    ).toHaveLength(1);
    await confirmSubscription(readers.ctx, await readers.linkIdOf());
    expect(await readers.rowOf()).toMatchObject({
      link_id: linkId,
      cadence: "daily",
      state: "active",
    });
  });

  test.each(["hidden", "nothing"])("to %s is refused in the same words", async (serviceSlug) => {
    const wish = { address: "bo@example.org", serviceSlug, cadence: "each" } as const;
    await expect(askSubscription(readers.ctx, wish)).rejects.toThrow("There is no such feed.");
  });

  test("leaves no address in the audit log, and no reason that could hold one", async () => {
    await readers.subscribe();
    await endSubscription(readers.ctx, await readers.linkIdOf());
    const entries = await readers.sql`
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
    await readers.subscribe();
    const [service] = await readers.sql`select id::int from services where slug = 'shop'`;
    const sha = "b".repeat(40);
    await readers.deploy(readers.shop, "live", "deploy", sha);
    await readers.round();
    readers.later(40);
    const note = {
      kind: "better",
      text: "Search is **fast**. Try it.",
      linkUrl: "https://example.org/?a=1&b=2",
    } as const;
    await writeNote(readers.ctx, { id: service?.id, slug: "shop" }, sha, note);
    // It happened now by the database's clock: for the subscriber's clock that is 40 s ago.
    await readers.sql`update feed_changes set happened_at = ${readers.now().toISOString()} where word = 'note'`;
    readers.later(30);
    await readers.round();
    expect(readers.received()).toEqual([]);
    readers.later(31);
    await readers.round();
    const [mail] = await readers.mails();
    expect(mail?.subject).toBe("Search is fast (Shop)");
    expect(mail?.text).toMatch(/^Search is fast \(Shop\)\nTry it\.\nRead more: https:/);
    expect(mail?.text).toMatch(/Shop #1 in Production, live since \d+ \w+ \d{4}, \d\d:\d\d UTC/);
    expect(mail?.text).toContain("Questions: the help desk");
    expect(mail?.text).toMatch(/https:\/\/deploy\.example\.org\/feed\/item\/[0-9a-f-]{36}/);
    expect(mail?.html).toContain('<a href="https://example.org/?a=1&amp;b=2">Read more</a>');
    expect(mail?.headers.get("auto-submitted")).toBe("auto-generated");
  });

  test("it is never put off for longer than ten minutes", async () => {
    await readers.subscribe();
    for (let time = 0; time < 12; time += 1) {
      expect(readers.received()).toEqual([]);
      await readers.deploy(readers.shop);
      await readers.sql`update feed_changes set happened_at = ${readers.now().toISOString()} where revision = (select max(revision) from feed_changes)`;
      await readers.round();
      readers.later(55);
    }
    expect(await readers.subjects()).toEqual(["What’s new: 12 entries"]);
  });

  test("what is under way, failed, was maintained or is of no concern is told to nobody", async () => {
    await readers.subscribe();
    await readers.subscribe("shop@example.org", "each", "shop");
    await readers.deploy(readers.shop, "started");
    await readers.deploy(readers.shop, "failed");
    await readers.deploy(readers.shop, "live", "restart");
    await readers.deploy(readers.staging);
    await readers.deploy(readers.hidden);
    readers.later(120);
    await readers.round();
    expect(readers.received()).toEqual([]);
    expect((await readers.rowOf())?.next_try_at).toBeNull();
    await readers.deploy(readers.cafe);
    readers.later(120);
    await readers.round();
    expect((await readers.mails()).map(readers.toOf)).toEqual(["bo@example.org"]);
  });

  test("switch-backs and holds are told, several of them in one mail", async () => {
    await readers.subscribe();
    await readers.deploy(readers.shop, "live", "switch-back");
    const [environment] = await readers.sql`select id from environments where slug = 'production'`;
    const [hold] = await readers.sql`
      insert into holds (environment_id, reason, placed_by_name, ends_at)
      values (${environment?.id}, 'Secret reason', 'Ada', now() + interval '1 hour') returning id::int`;
    await publishHold(readers.ctx, hold?.id, "held");
    readers.later(120);
    await readers.round();
    const [mail] = await readers.mails();
    expect(mail?.subject).toBe("What’s new: 2 entries");
    expect(mail?.text).toContain("Back to #1 (Shop)");
    expect(mail?.text).toMatch(/All services in Production, on hold since .* UTC, until .* UTC/);
  });

  test("what comes while a mail is on its way is told by the next", async () => {
    await readers.subscribe();
    await readers.deploy(readers.shop);
    readers.later(120);
    await readers.meetServer({
      onRcptTo: (_, __, callback) => {
        void readers.deploy(readers.cafe).then(() => callback());
      },
    });
    await readers.round();
    expect(await readers.subjects()).toEqual(["Maintenance release (Shop)"]);
    await readers.meetServer();
    readers.later(61);
    await readers.round();
    expect(await readers.subjects()).toEqual(["Maintenance release (Cafe)"]);
  });

  test("a line that is public no more when it is sent is not sent", async () => {
    await readers.subscribe();
    await readers.deploy(readers.cafe);
    await readers.round();
    await readers.sql`update services set is_public = false where slug = 'cafe'`;
    readers.later(120);
    await readers.round();
    await readers.sql`update services set is_public = true where slug = 'cafe'`;
    readers.later(120);
    await readers.round();
    expect(readers.received()).toEqual([]);
  });
});

test("once a day everything comes in one mail at 08:00 UTC", async () => {
  await readers.subscribe("bo@example.org", "daily");
  await readers.deploy(readers.shop);
  await readers.deploy(readers.cafe);
  await readers.round();
  const due = new Date((await readers.rowOf())?.next_try_at);
  expect(due.toISOString()).toMatch(/T08:00:00.000Z$/);
  const aheadMs = due.getTime() - readers.now().getTime();
  expect(aheadMs).toBeGreaterThan(0);
  expect(aheadMs).toBeLessThanOrEqual(86_400_000);
  readers.setNow(new Date(due.getTime() - 1_000));
  await readers.round();
  expect(readers.received()).toEqual([]);
  readers.setNow(new Date(due.getTime() + 15 * 60_000));
  await readers.round();
  expect(await readers.subjects()).toEqual(["What’s new: 2 entries"]);
  expect((await readers.mails())[0]?.text).toContain("at 08:00 UTC");
});

describe("ending it", () => {
  test("is offered to mail programs and readers, and works as often as one likes", async () => {
    await readers.subscribe();
    await readers.deploy(readers.shop);
    readers.later(120);
    await readers.round();
    const source = String(readers.received()[0]).replaceAll(/\r\n[ \t]+/g, " ");
    const [, token = ""] =
      /^List-Unsubscribe: ?<https:\/\/deploy\.example\.org\/api\/subscriptions\/end\/([\w-]{43})>/m.exec(
        source,
      ) ?? [];
    expect(source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    expect((await readers.mails())[0]?.text).toContain(
      `https://deploy.example.org/subscriptions/end/${token}`,
    );
    const rotated = () => [parseSealingKey("c".repeat(64)), ...readersKeys()].filter((key) => key !== null);
    const linkId = openLinkToken(rotated, "end a subscription", token) ?? "";
    await endSubscription(readers.ctx, linkId);
    await endSubscription(readers.ctx, linkId);
    await readers.deploy(readers.shop);
    readers.later(120);
    await readers.round();
    expect(readers.received()).toHaveLength(1);
    // Whoever wants it again asks again.
    await readers.subscribe();
    expect((await countSubscriptions(readers.ctx)).active).toBe(1);
  });

  test("while a mail is on its way leaves it ended", async () => {
    await readers.subscribe();
    await readers.deploy(readers.shop);
    readers.later(120);
    const linkId = await readers.linkIdOf();
    await readers.meetServer({
      onRcptTo: (_, __, callback) => void endSubscription(readers.ctx, linkId).then(() => callback()),
    });
    await readers.round();
    expect(await readers.rowOf()).toMatchObject({ state: "ended", next_try_at: null });
  });
});

test("no mail holds anything that is not public, or names another reader", async () => {
  await readers.subscribe();
  await readers.subscribe("cy@example.net", "each", "shop");
  for (const rows of [readers.shop, readers.staging, readers.hidden]) await readers.deploy(rows);
  readers.later(120);
  await readers.round();
  await askSubscription(readers.ctx, { address: "di@example.com", serviceSlug: "shop", cadence: "daily" });
  await readers.round();
  expect(readers.received()).toHaveLength(3);
  for (const received of await readers.mails()) {
    const { text = "", html, subject, headerLines } = received;
    const all = `${subject}\n${text}\n${html}\n${headerLines.map(({ line }) => line).join("\n")}`;
    for (const secret of ["Secret subject", "Ada", "idden", "taging", "git.internal", "aaaaaaa"]) {
      expect(all).not.toContain(secret);
    }
    const others = ["bo@example.org", "cy@example.net", "di@example.com"].filter(
      (one) => one !== readers.toOf(received),
    );
    expect(others).toHaveLength(2);
    for (const other of others) expect(all).not.toContain(other);
  }
});
