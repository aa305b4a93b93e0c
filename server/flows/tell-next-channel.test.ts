import { simpleParser } from "mailparser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { type BroadcastEvent, broadcastEvents, type ChannelKind } from "#server/domain/broadcast.ts";
import type { FeedState } from "#server/domain/feed.ts";
import type { Context } from "#server/kernel/context.ts";
import { outgoingRequests } from "#server/kernel/outgoing-request.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { openSmtp } from "#server/kernel/testing/open-smtp.ts";
import { createChannel } from "#server/services/broadcast/create-channel.ts";
import { enqueueChanges } from "#server/services/broadcast/enqueue.ts";
import { forgetDeliveries } from "#server/services/broadcast/forget-deliveries.ts";
import { listChannels, readChannel } from "#server/services/broadcast/list-channels.ts";
import { listUnreadableChannels } from "#server/services/broadcast/list-unreadable-channels.ts";
import type { Outside } from "#server/services/broadcast/outside.ts";
import type { ChannelInput } from "#server/services/broadcast/parse-channel.ts";
import { pauseChannel } from "#server/services/broadcast/pause-channel.ts";
import { removeChannel } from "#server/services/broadcast/remove-channel.ts";
import { resealChannels } from "#server/services/broadcast/reseal-channels.ts";
import { rotateSigningSecret } from "#server/services/broadcast/rotate-signing-secret.ts";
import { sendAgain } from "#server/services/broadcast/send-again.ts";
import { tryChannel } from "#server/services/broadcast/try-channel.ts";
import { updateChannel } from "#server/services/broadcast/update-channel.ts";
import { publishAnnouncement, publishDeployment } from "#server/services/feed/publish.ts";
import { writeNote } from "#server/services/feed/write-note.ts";
import { listDeliveriesInWords } from "./list-deliveries-in-words.ts";
import { previewMessage } from "./preview-message.ts";
import { tellNextChannel } from "./tell-next-channel.ts";
import { openReceiver, type Received, type Receiver } from "./testing/open-receiver.ts";

let database: TestDatabase;
let ctx: Context;
let now = new Date("2026-11-25T10:00:00Z");
let shop: TrafficRows;
let hidden: TrafficRows;
let receiver: Receiver;
let outside: Outside;
const keys = () => [parseSealingKey("b".repeat(64))].filter((key) => key !== null);

beforeAll(async () => {
  database = await openTestDatabase();
  const { sql } = database.client;
  ctx = { ...database.ctx, now: () => now };
  shop = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
  hidden = await insertServiceEnvironment(sql, { service: "hidden", environment: "production" });
  await sql`update services set is_public = true where slug = 'shop'`;
  await sql`update environments set is_shown = true`;
});
afterAll(() => database.close());

beforeEach(async () => {
  receiver = await openReceiver();
  outside = {
    keys,
    send: outgoingRequests({ allowedHosts: [receiver.host], timeoutMs: 500 }),
    mailer: null,
    portalUrl: "https://deploy.example.org",
    slackUrl: receiver.url,
  };
});
afterEach(async () => {
  for (const { id } of await listChannels(ctx)) await removeChannel(ctx, id);
  await receiver.close();
});

const everything = { serviceSlug: null, environmentSlug: null, events: [...broadcastEvents] };
let made = 0;

async function channel(kind: ChannelKind, input: Partial<ChannelInput> = {}) {
  const usual = {
    name: `channel ${++made}`,
    isPublic: false,
    url: `${receiver.url}/hook`,
    token: "xoxb-1234567890-abc",
    slackChannel: "C0123456789",
    recipients: ["all@example.org"],
    rules: [everything],
  };
  return createChannel(ctx, keys, kind, { ...usual, ...input });
}

/** A deployment past the verbs, with its line. */
async function deploy(rows: TrafficRows, state: FeedState = "live", sha = "a".repeat(40)): Promise<number> {
  const { sql } = database.client;
  const [row] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
      requested_by_name, started_at, switched_at, finished_at)
    values (${rows.serviceEnvironmentId}, 'deploy', 'queued', ${sha}, 'Secret subject', 'Ada', ${rows.releaseId},
      'Ada', now(), ${state === "live" ? sql`now()` : null}, null) returning id::int`;
  await publishDeployment(ctx, row?.id, state);
  return row?.id;
}

async function tellAll(signal = new AbortController().signal): Promise<void> {
  while (await enqueueChanges(ctx));
  while (await tellNextChannel(ctx, outside, signal));
}

const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1_000);
};
const titlesOf = (received: Received[]) => received.map(({ body }) => JSON.parse(body).customData?.title);
const deliveriesOf = async (channelId: number) =>
  (await listDeliveriesInWords(ctx, { channelId, state: null, before: null, limit: 100 })).items;

describe("what is told", () => {
  test("is what the rules say, once for each event, in the order of the commits", async () => {
    await channel("webhook", { rules: [{ ...everything, events: ["live", "failed"] }, everything] });
    const id = await deploy(shop, "started");
    await publishDeployment(ctx, id, "live");
    await deploy(hidden, "failed");
    await tellAll();
    expect(titlesOf(receiver.received)).toEqual([
      "shop #1 is on its way to production",
      "shop #1 is live in production",
      "hidden #1 was not released to production",
    ]);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(3);
    await tellAll();
    expect(receiver.received).toHaveLength(3);
  });

  test.each<[string, Partial<typeof everything>, string[]]>([
    ["one service", { serviceSlug: "shop" as never }, ["shop"]],
    ["one event", { events: ["failed"] satisfies BroadcastEvent[] as never }, []],
    ["another environment", { environmentSlug: "staging" as never }, []],
  ])("of %s is told nothing else", async (_, rule, services) => {
    await insertServiceEnvironment(database.client.sql, { service: `of-${made}`, environment: "staging" });
    await channel("webhook", { rules: [{ ...everything, ...rule }] });
    await deploy(shop);
    await deploy(hidden);
    await tellAll();
    expect(receiver.received.map(({ body }) => JSON.parse(body).subject.id)).toEqual(services);
  });

  test("to a public channel is what is public, and nothing else", async () => {
    await channel("webhook", { isPublic: true });
    await channel("slack", { isPublic: true });
    await deploy(hidden);
    await deploy(shop, "cancelled");
    await deploy(shop);
    const failed = await deploy(shop, "failed");
    await database.client.sql`update deployments set failed_step = 'test' where id = ${failed}`;
    await tellAll();
    expect(receiver.received).toHaveLength(4);
    const said = JSON.stringify(receiver.received.map(({ body }) => body));
    expect(said).not.toMatch(/hidden|Secret|Ada|aaaa|services\/shop|step/);
    expect(said).toContain("https://deploy.example.org/feed/item/");
  });

  test("beforehand says when it is planned, and leads to what there is to read by then", async () => {
    await channel("webhook", { rules: [{ ...everything, events: ["announced"] }] });
    await channel("webhook", { isPublic: true, rules: [{ ...everything, events: ["announced"] }] });
    const id = await deploy(shop, "waiting");
    await database.client
      .sql`update deployments set scheduled_for = '2026-11-26T14:00Z', started_at = null where id = ${id}`;
    await publishAnnouncement(ctx, id);
    await tellAll();
    const told = receiver.received.map(({ body }) => JSON.parse(body).customData);
    expect(told).toMatchObject([
      { title: "shop #1 is about to be released to production", "planned-for": "26 Nov 2026, 14:00 UTC" },
      { title: "shop #1 is about to be released to production", "planned-for": "26 Nov 2026, 14:00 UTC" },
    ]);
    expect(told.map(({ url }) => url).sort()).toEqual([
      "https://deploy.example.org/feed/shop",
      `https://deploy.example.org/services/shop/deployments/${id}`,
    ]);
  });

  test("is withheld where it is no longer public by the time it is sent", async () => {
    const { id } = await channel("webhook", { isPublic: true });
    await deploy(shop);
    while (await enqueueChanges(ctx));
    const { sql } = database.client;
    await sql`update services set is_public = false where slug = 'shop'`;
    await tellAll();
    await sql`update services set is_public = true where slug = 'shop'`;
    expect(receiver.received).toEqual([]);
    expect((await deliveriesOf(id)).map(({ state }) => state)).toEqual(["withdrawn"]);
  });

  test("within the team has the commit and who shipped it, and names nobody beside a failure", async () => {
    await channel("slack");
    await deploy(shop);
    await deploy(shop, "failed");
    await tellAll();
    const [live, failed] = receiver.received.map(({ body }) => body);
    expect(live).toContain("Secret subject");
    expect(live).toContain("*By*\\nAda");
    expect(failed).not.toContain("Ada");
  });
});

describe("an attempt that fails", () => {
  test.each([
    [
      "500",
      (_: Received, response: import("node:http").ServerResponse) => void response.writeHead(500).end("down"),
    ],
    [
      "a cut connection",
      (_: Received, response: import("node:http").ServerResponse) => void response.destroy(),
    ],
    ["no answer", () => undefined],
  ])(
    "by %s is made again with growing pauses, under the same name, and nothing overtakes it",
    async (_, react) => {
      const { id } = await channel("webhook");
      receiver.react = react;
      await deploy(shop, "started");
      await deploy(shop);
      const pauses: number[] = [];
      for (let attempt = 0; attempt < 4; attempt++) {
        await tellAll();
        const { trouble, waiting } = await readChannel(ctx, id);
        expect(waiting).toBe(2);
        const pause = (Date.parse(trouble?.nextAttemptAt ?? "") - now.getTime()) / 1_000;
        pauses.push(pause);
        later(pause - 1);
        await tellAll();
        later(1);
      }
      expect(pauses).toEqual([5, 10, 20, 40]);
      receiver.react = (_, response) => void response.end();
      await tellAll();
      const names = receiver.received.map(({ headers }) => headers["webhook-id"]);
      expect(new Set(names.slice(0, 5)).size).toBe(1);
      expect(titlesOf(receiver.received.slice(4))).toEqual([
        "shop #1 is on its way to production",
        "shop #1 is live in production",
      ]);
      expect(await readChannel(ctx, id)).toMatchObject({ trouble: null, waiting: 0, dead: 0 });
    },
  );

  test("by 429 waits for as long as it was told", async () => {
    const { id } = await channel("webhook");
    receiver.react = (_, response) => void response.writeHead(429, { "retry-after": "120" }).end();
    await deploy(shop);
    await tellAll();
    expect((await readChannel(ctx, id)).trouble?.nextAttemptAt).toBe(
      new Date(now.getTime() + 120_000).toISOString(),
    );
  });

  test("is given up after a day, with all that has waited for as long", async () => {
    const { id } = await channel("webhook");
    receiver.react = (_, response) => void response.writeHead(503).end();
    await deploy(shop, "started");
    await deploy(shop);
    await tellAll();
    later(25 * 3_600);
    await deploy(shop, "failed");
    await tellAll();
    const deliveries = await deliveriesOf(id);
    expect(deliveries.map(({ state }) => state)).toEqual(["waiting", "dead", "dead"]);
    expect(deliveries[1]?.reason).toBe("Given up after a day. It answered 503.");
    receiver.react = (_, response) => void response.end();
    later(3_600);
    receiver.received = [];
    await tellAll();
    expect(titlesOf(receiver.received)).toEqual(["shop #1 was not released to production"]);
  });

  test.each([
    [400, "It answered 400: no_text ••• here."],
    [404, "It answered 404: no_text ••• here."],
    [302, "It answers 302 and sends us on: give the address it sends us to."],
  ])(
    "by %i is never made again by itself, and says why without what opens the channel",
    async (status, reason) => {
      const { id } = await channel("webhook", { url: `${receiver.url}/secret-path-of-it` });
      receiver.react = (_, response) =>
        void response.writeHead(status).end("no_text\n/secret-path-of-it here.");
      await deploy(shop);
      await deploy(shop, "failed");
      await tellAll();
      expect(receiver.received).toHaveLength(2);
      const told = await deliveriesOf(id);
      expect(told.map(({ state }) => state)).toEqual(["dead", "dead"]);
      expect(told[0]?.reason?.replace(/\.$/, "")).toBe(reason.replace(/\.$/, ""));
      receiver.react = (_, response) => void response.end();
      const names = receiver.received.map(({ headers }) => headers["webhook-id"]);
      expect(await sendAgain(ctx, { channelId: id, deliveryId: null })).toEqual({ count: 2 });
      await tellAll();
      expect(receiver.received.slice(2).map(({ headers }) => headers["webhook-id"])).toEqual(names);
      await expect(sendAgain(ctx, { channelId: id, deliveryId: null })).rejects.toThrow(
        "nothing to send again",
      );
    },
  );

  test("because it would reach this machine's network says what the operator can do", async () => {
    const { id } = await channel("webhook", { url: "https://169.254.169.254/latest" });
    await deploy(shop);
    await tellAll();
    expect((await deliveriesOf(id))[0]?.reason).toBe(
      "169.254.169.254 is not in the public internet. The operator can allow it by ANYTIME_OUTGOING_HOSTS.",
    );
  });

  test("in one channel keeps no other waiting", async () => {
    await channel("webhook", { url: `${receiver.url}/broken` });
    await channel("webhook", { url: `${receiver.url}/fine` });
    receiver.react = ({ path }, response) => void response.writeHead(path === "/broken" ? 500 : 200).end();
    await deploy(shop);
    await tellAll();
    expect(receiver.received.map(({ path }) => path).sort()).toEqual(["/broken", "/fine"]);
  });
});

describe("several monitors", () => {
  test("send each message once and in order", async () => {
    await channel("webhook");
    const states = ["started", "live", "failed", "live", "started", "live"] as const;
    for (const state of states) await deploy(shop, state);
    await Promise.all(Array.from({ length: 4 }, () => tellAll()));
    expect(receiver.received.map(({ body }) => JSON.parse(body).customData.state)).toEqual([...states]);
  });

  test("take over from one that is gone, and what it wrote too late counts for nothing", async () => {
    const { id } = await channel("webhook");
    await deploy(shop);
    const { sql } = database.client;
    const answered = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    receiver.react = (_, response) => {
      asked.resolve();
      void answered.promise.then(() => response.writeHead(400).end());
    };
    const first = tellAll();
    await asked.promise;
    await sql`update channels set leased_until = now() - interval '1 s'`;
    receiver.react = (_, response) => void response.end();
    await tellAll();
    answered.resolve();
    await first;
    expect((await deliveriesOf(id)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ["delivered", 1],
    ]);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });
});

describe("a message that is changed in place", () => {
  const slack = (answer: (request: Received) => object) => {
    receiver.react = (request, response) => void response.end(JSON.stringify(answer(request)));
  };

  test("of a Slack bot is one for each deployment", async () => {
    await channel("slack-bot");
    slack(() => ({ ok: true, ts: "17.5" }));
    const id = await deploy(shop, "started");
    await tellAll();
    await publishDeployment(ctx, id, "live");
    await tellAll();
    const bodies = receiver.received.map(({ path, body, headers }) => {
      const { channel, ts, text } = JSON.parse(body);
      return [path, headers.authorization, channel, ts, text];
    });
    expect(bodies).toEqual([
      [
        "/api/chat.postMessage",
        "Bearer xoxb-1234567890-abc",
        "C0123456789",
        undefined,
        expect.stringContaining("on its way"),
      ],
      [
        "/api/chat.update",
        "Bearer xoxb-1234567890-abc",
        "C0123456789",
        "17.5",
        expect.stringContaining("is live"),
      ],
    ]);
  });

  test("stays one where it went on before the first was sent, and is made anew where it was removed", async () => {
    await channel("slack-bot");
    const id = await deploy(shop, "started");
    await publishDeployment(ctx, id, "live");
    slack(() => ({ ok: true, ts: "1" }));
    await tellAll();
    slack(({ path }) =>
      path.endsWith("update") ? { ok: false, error: "message_not_found" } : { ok: true, ts: "2" },
    );
    await publishDeployment(ctx, id, "failed");
    await tellAll();
    const paths = receiver.received.map(({ path, body }) => [path.slice(10), JSON.parse(body).ts]);
    expect(paths).toEqual([
      ["postMessage", undefined],
      ["update", "1"],
      ["update", "1"],
      ["postMessage", undefined],
    ]);
  });

  test.each([
    ["channel_not_found", "dead", "Slack answered: channel_not_found."],
    ["ratelimited", "waiting", null],
  ])("that Slack refuses by %s is %s", async (error, state, reason) => {
    const { id } = await channel("slack-bot");
    slack(() => ({ ok: false, error }));
    await deploy(shop);
    await tellAll();
    expect(await deliveriesOf(id)).toMatchObject([{ state, reason }]);
  });

  test("of Discord is changed under its address", async () => {
    await channel("discord", { url: `${receiver.url}/api/webhooks/1/token` });
    receiver.react = (_, response) => void response.end(JSON.stringify({ id: "99" }));
    const id = await deploy(shop, "started");
    await publishDeployment(ctx, id, "live");
    await tellAll();
    expect(receiver.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/webhooks/1/token?wait=true",
      "PATCH /api/webhooks/1/token/messages/99?wait=true",
    ]);
  });
});

describe("a channel", () => {
  test.each<[ChannelKind, Partial<ChannelInput>, string]>([
    ["slack", { url: "ftp://example.org" }, "url"],
    ["slack", { url: "https://me:pw@example.org" }, "url"],
    ["slack-bot", { token: "secret" }, "token"],
    ["slack-bot", { slackChannel: "#deploys" }, "slackChannel"],
    ["email", { recipients: [] }, "recipients"],
    ["email", { recipients: ["nobody"] }, "recipients"],
    ["webhook", { name: " " }, "name"],
    ["webhook", { rules: [{ ...everything, events: [] }] }, "rules.0.events"],
    ["webhook", { rules: [{ ...everything, serviceSlug: "nothing" }] }, "rules.0.serviceSlug"],
  ])("of kind %s with %j is refused at its field", async (kind, input, field) => {
    await expect(channel(kind, input)).rejects.toMatchObject({ field });
    expect(await listChannels(ctx)).toEqual([]);
  });

  test("shows nothing of what opens it, in the portal or the audit log", async () => {
    const { id, signingSecret } = await channel("webhook", { url: `${receiver.url}/secret-path` });
    await channel("slack-bot");
    await updateChannel(ctx, keys, id, {
      name: "renamed",
      isPublic: false,
      url: `${receiver.url}/other-path`,
      rules: [],
    });
    await rotateSigningSecret(ctx, keys, id);
    const shown = JSON.stringify([await listChannels(ctx), await readChannel(ctx, id)]);
    const audit = JSON.stringify(await database.client.sql`select before, after from audit_entries`);
    const stored = JSON.stringify(await database.client.sql`select * from channels`);
    for (const text of [shown, audit, stored]) {
      expect(text).not.toMatch(/secret-path|other-path|xoxb-/);
      expect(text).not.toContain(signingSecret);
    }
  });

  test("is sealed anew with another key, and says where no key opens it", async () => {
    const { id } = await channel("webhook");
    const other = () => [parseSealingKey("d".repeat(64)), ...keys()].filter((key) => key !== null);
    expect(await resealChannels(ctx, other)).toEqual({ resealed: 1, unreadable: 0 });
    expect(await listUnreadableChannels(ctx, other)).toEqual([]);
    expect(await listUnreadableChannels(ctx, keys)).toMatchObject([
      { id, problem: expect.stringContaining("key") },
    ]);
    await deploy(shop);
    await tellAll();
    expect(await readChannel(ctx, id)).toMatchObject({ waiting: 1, dead: 0 });
    outside = { ...outside, keys: other };
    later(10);
    await tellAll();
    expect(receiver.received).toHaveLength(1);
  });

  test("keeps what opens it where nothing new is given, and goes on at once with what waits", async () => {
    const { id } = await channel("webhook", { url: `${receiver.url}/kept` });
    receiver.react = (_, response) => void response.writeHead(500).end();
    await deploy(shop);
    await tellAll();
    receiver.react = (_, response) => void response.end();
    await updateChannel(ctx, keys, id, { name: "renamed", isPublic: false, rules: [everything] });
    await tellAll();
    expect(receiver.received.map(({ path }) => path)).toEqual(["/kept", "/kept"]);
    await expect(channel("webhook", { name: "renamed" })).rejects.toThrow(
      "There is a channel renamed already.",
    );
  });

  test("signs with a new secret and, for a day, with the one before", async () => {
    const { id } = await channel("webhook");
    await rotateSigningSecret(ctx, keys, id);
    await deploy(shop);
    await tellAll();
    later(25 * 3_600);
    await deploy(shop);
    await tellAll();
    const counts = receiver.received.map(
      ({ headers }) => String(headers["webhook-signature"]).split(" ").length,
    );
    expect(counts).toEqual([2, 1]);
  });

  test("that is paused is sent nothing, and what happened meanwhile is not told later", async () => {
    const { id } = await channel("webhook");
    await pauseChannel(ctx, id, true);
    await deploy(shop);
    await tellAll();
    await pauseChannel(ctx, id, false);
    await deploy(shop, "failed");
    await tellAll();
    expect(titlesOf(receiver.received)).toEqual(["shop #1 was not released to production"]);
  });

  test("can be tried", async () => {
    const { id } = await channel("slack");
    expect(await tryChannel(ctx, outside, id)).toMatchObject({ reason: null });
    expect(receiver.received[0]?.body).toContain("Anytime can write to channel");
    receiver.react = (_, response) => void response.writeHead(403).end("invalid_token");
    expect(await tryChannel(ctx, outside, id)).toMatchObject({ reason: "It answered 403: invalid_token" });
    const { id: mail } = await channel("email");
    expect(await tryChannel(ctx, outside, mail)).toMatchObject({
      reason: "No mail server is set up: the operator does that by ANYTIME_SMTP_URL.",
    });
  });

  test("of e-mail sends each event as a mail, and gives up what no address takes", async () => {
    const { id } = await channel("email", { recipients: ["ada@example.org", "bo@example.org"] });
    const smtp = await openSmtp();
    outside = { ...outside, mailer: smtp.mailer };
    await deploy(shop);
    await tellAll();
    const parsed = await simpleParser(smtp.received[0] ?? "");
    expect(parsed.subject).toBe("shop #1 is live in production");
    expect(parsed.text).toContain("https://deploy.example.org/services/shop/deployments/");
    await smtp.close();
    await deploy(shop);
    await tellAll();
    expect((await readChannel(ctx, id)).trouble?.reason).toMatch(/^The mail server was not reached/);
  });

  test("is shown beforehand what it would have been told", async () => {
    const sha = "d".repeat(40);
    const [row] = await database.client.sql`select id::int from services where slug = 'shop'`;
    await deploy(shop, "live", sha);
    await writeNote(ctx, { id: row?.id, slug: "shop" }, sha, {
      kind: "new",
      text: "Look **here**.",
      linkUrl: null,
    });
    const preview = await previewMessage(ctx, {
      kind: "slack",
      isPublic: true,
      portalUrl: outside.portalUrl,
    });
    expect(preview.message).toMatchObject({ title: "shop #1 is live in production", text: "Look here." });
    expect(JSON.parse(preview.body)).toHaveProperty("blocks");
  });

  test("forgets what was delivered a month ago, and what was given up a quarter ago", async () => {
    const { id } = await channel("webhook");
    await deploy(shop);
    await tellAll();
    receiver.react = (_, response) => void response.writeHead(400).end();
    await deploy(shop);
    await tellAll();
    const days = { settled: 30, dead: 90 };
    later(31 * 86_400);
    expect(await forgetDeliveries(ctx, days)).toBe(1);
    later(60 * 86_400);
    expect(await forgetDeliveries(ctx, days)).toBe(1);
    expect(await deliveriesOf(id)).toEqual([]);
  });
});
