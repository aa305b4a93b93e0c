import { describe, expect, test } from "vitest";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import type { BroadcastEvent } from "#server/domain/broadcast.ts";
import { enqueueChanges } from "#server/services/broadcast/enqueue.ts";
import { readChannel } from "#server/services/broadcast/list-channels.ts";
import { sendAgain } from "#server/services/broadcast/send-again.ts";
import { publishAnnouncement, publishDeployment } from "#server/services/feed/publish.ts";
import type { Received } from "./testing/open-receiver.ts";

import { everything, titlesOf, useBroadcasts } from "./testing/use-broadcasts.ts";

const broadcasts = useBroadcasts();

describe("what is told", () => {
  test("is what the rules say, once for each event, in the order of the commits", async () => {
    await broadcasts.channel("webhook", {
      rules: [{ ...everything, events: ["live", "failed"] }, everything],
    });
    const id = await broadcasts.deploy(broadcasts.shop, "started");
    await publishDeployment(broadcasts.ctx, id, "live");
    await broadcasts.deploy(broadcasts.hidden, "failed");
    await broadcasts.tellAll();
    expect(titlesOf(broadcasts.receiver.received)).toEqual([
      "shop #1 is on its way to production",
      "shop #1 is live in production",
      "hidden #1 was not released to production",
    ]);
    expect(new Set(broadcasts.receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(3);
    await broadcasts.tellAll();
    expect(broadcasts.receiver.received).toHaveLength(3);
  });

  test.each<[string, Partial<typeof everything>, string[]]>([
    ["one service", { serviceSlug: "shop" as never }, ["shop"]],
    ["one event", { events: ["failed"] satisfies BroadcastEvent[] as never }, []],
    ["another environment", { environmentSlug: "staging" as never }, []],
  ])("of %s is told nothing else", async (what, rule, services) => {
    await insertServiceEnvironment(broadcasts.database.client.sql, {
      service: `of-${what.replaceAll(" ", "-")}`,
      environment: "staging",
    });
    await broadcasts.channel("webhook", { rules: [{ ...everything, ...rule }] });
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.deploy(broadcasts.hidden);
    await broadcasts.tellAll();
    expect(broadcasts.receiver.received.map(({ body }) => JSON.parse(body).subject.id)).toEqual(services);
  });

  test("to a public channel is what is public, and nothing else", async () => {
    await broadcasts.channel("webhook", { isPublic: true });
    await broadcasts.channel("slack", { isPublic: true });
    await broadcasts.deploy(broadcasts.hidden);
    await broadcasts.deploy(broadcasts.shop, "cancelled");
    await broadcasts.deploy(broadcasts.shop);
    const failed = await broadcasts.deploy(broadcasts.shop, "failed");
    await broadcasts.database.client.sql`update deployments set failed_step = 'test' where id = ${failed}`;
    await broadcasts.tellAll();
    expect(broadcasts.receiver.received).toHaveLength(4);
    const said = JSON.stringify(broadcasts.receiver.received.map(({ body }) => body));
    expect(said).not.toMatch(/hidden|Secret|Ada|aaaa|services\/shop|step/);
    expect(said).toContain("https://deploy.example.org/feed/item/");
  });

  test("beforehand says when it is planned, and leads to what there is to read by then", async () => {
    await broadcasts.channel("webhook", { rules: [{ ...everything, events: ["announced"] }] });
    await broadcasts.channel("webhook", {
      isPublic: true,
      rules: [{ ...everything, events: ["announced"] }],
    });
    const id = await broadcasts.deploy(broadcasts.shop, "waiting");
    await broadcasts.database.client
      .sql`update deployments set scheduled_for = '2026-11-26T14:00Z', started_at = null where id = ${id}`;
    await publishAnnouncement(broadcasts.ctx, id);
    await broadcasts.tellAll();
    const told = broadcasts.receiver.received.map(({ body }) => JSON.parse(body).customData);
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
    const { id } = await broadcasts.channel("webhook", { isPublic: true });
    await broadcasts.deploy(broadcasts.shop);
    while (await enqueueChanges(broadcasts.ctx));
    const { sql } = broadcasts.database.client;
    await sql`update services set is_public = false where slug = 'shop'`;
    await broadcasts.tellAll();
    await sql`update services set is_public = true where slug = 'shop'`;
    expect(broadcasts.receiver.received).toEqual([]);
    expect((await broadcasts.deliveriesOf(id)).map(({ state }) => state)).toEqual(["withdrawn"]);
  });

  test("within the team has the commit and who shipped it, and names nobody beside a failure", async () => {
    await broadcasts.channel("slack");
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.deploy(broadcasts.shop, "failed");
    await broadcasts.tellAll();
    const [live, failed] = broadcasts.receiver.received.map(({ body }) => body);
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
      const { id } = await broadcasts.channel("webhook");
      broadcasts.receiver.react = react;
      await broadcasts.deploy(broadcasts.shop, "started");
      await broadcasts.deploy(broadcasts.shop);
      const pauses: number[] = [];
      for (let attempt = 0; attempt < 4; attempt++) {
        await broadcasts.tellAll();
        const { trouble, waiting } = await readChannel(broadcasts.ctx, id);
        expect(waiting).toBe(2);
        const pause = (Date.parse(trouble?.nextAttemptAt ?? "") - broadcasts.now.getTime()) / 1_000;
        pauses.push(pause);
        broadcasts.later(pause - 1);
        await broadcasts.tellAll();
        broadcasts.later(1);
      }
      expect(pauses).toEqual([5, 10, 20, 40]);
      broadcasts.receiver.react = (_, response) => void response.end();
      await broadcasts.tellAll();
      const names = broadcasts.receiver.received.map(({ headers }) => headers["webhook-id"]);
      expect(new Set(names.slice(0, 5)).size).toBe(1);
      expect(titlesOf(broadcasts.receiver.received.slice(4))).toEqual([
        "shop #1 is on its way to production",
        "shop #1 is live in production",
      ]);
      expect(await readChannel(broadcasts.ctx, id)).toMatchObject({ trouble: null, waiting: 0, dead: 0 });
    },
  );

  test("by 429 waits for as long as it was told", async () => {
    const { id } = await broadcasts.channel("webhook");
    broadcasts.receiver.react = (_, response) => void response.writeHead(429, { "retry-after": "120" }).end();
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    expect((await readChannel(broadcasts.ctx, id)).trouble?.nextAttemptAt).toBe(
      new Date(broadcasts.now.getTime() + 120_000).toISOString(),
    );
  });

  test("is given up after a day, with all that has waited for as long", async () => {
    const { id } = await broadcasts.channel("webhook");
    broadcasts.receiver.react = (_, response) => void response.writeHead(503).end();
    await broadcasts.deploy(broadcasts.shop, "started");
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    broadcasts.later(25 * 3_600);
    await broadcasts.deploy(broadcasts.shop, "failed");
    await broadcasts.tellAll();
    const deliveries = await broadcasts.deliveriesOf(id);
    expect(deliveries.map(({ state }) => state)).toEqual(["waiting", "dead", "dead"]);
    expect(deliveries[1]?.reason).toBe("Given up after a day. It answered 503.");
    broadcasts.receiver.react = (_, response) => void response.end();
    broadcasts.later(3_600);
    broadcasts.receiver.received = [];
    await broadcasts.tellAll();
    expect(titlesOf(broadcasts.receiver.received)).toEqual(["shop #1 was not released to production"]);
  });

  test.each([
    [400, "It answered 400: no_text ••• here."],
    [404, "It answered 404: no_text ••• here."],
    [302, "It answers 302 and sends us on: give the address it sends us to."],
  ])(
    "by %i is never made again by itself, and says why without what opens the channel",
    async (status, reason) => {
      const { id } = await broadcasts.channel("webhook", {
        url: `${broadcasts.receiver.url}/secret-path-of-it`,
      });
      broadcasts.receiver.react = (_, response) =>
        void response.writeHead(status).end("no_text\n/secret-path-of-it here.");
      await broadcasts.deploy(broadcasts.shop);
      await broadcasts.deploy(broadcasts.shop, "failed");
      await broadcasts.tellAll();
      expect(broadcasts.receiver.received).toHaveLength(2);
      const told = await broadcasts.deliveriesOf(id);
      expect(told.map(({ state }) => state)).toEqual(["dead", "dead"]);
      expect(told[0]?.reason?.replace(/\.$/, "")).toBe(reason.replace(/\.$/, ""));
      broadcasts.receiver.react = (_, response) => void response.end();
      const names = broadcasts.receiver.received.map(({ headers }) => headers["webhook-id"]);
      expect(await sendAgain(broadcasts.ctx, { channelId: id, deliveryId: null })).toEqual({ count: 2 });
      await broadcasts.tellAll();
      expect(broadcasts.receiver.received.slice(2).map(({ headers }) => headers["webhook-id"])).toEqual(
        names,
      );
      await expect(sendAgain(broadcasts.ctx, { channelId: id, deliveryId: null })).rejects.toThrow(
        "nothing to send again",
      );
    },
  );

  test("because it would reach this machine's network says what the operator can do", async () => {
    const { id } = await broadcasts.channel("webhook", { url: "https://169.254.169.254/latest" });
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    expect((await broadcasts.deliveriesOf(id))[0]?.reason).toBe(
      "169.254.169.254 is not in the public internet. The operator can allow it by ANYTIME_OUTGOING_HOSTS.",
    );
  });

  test("in one channel keeps no other waiting", async () => {
    await broadcasts.channel("webhook", { url: `${broadcasts.receiver.url}/broken` });
    await broadcasts.channel("webhook", { url: `${broadcasts.receiver.url}/fine` });
    broadcasts.receiver.react = ({ path }, response) =>
      void response.writeHead(path === "/broken" ? 500 : 200).end();
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    expect(broadcasts.receiver.received.map(({ path }) => path).sort()).toEqual(["/broken", "/fine"]);
  });
});

describe("several monitors", () => {
  test("send each message once and in order", async () => {
    await broadcasts.channel("webhook");
    const states = ["started", "live", "failed", "live", "started", "live"] as const;
    for (const state of states) await broadcasts.deploy(broadcasts.shop, state);
    await Promise.all(Array.from({ length: 4 }, () => broadcasts.tellAll()));
    expect(broadcasts.receiver.received.map(({ body }) => JSON.parse(body).customData.state)).toEqual([
      ...states,
    ]);
  });

  test("take over from one that is gone, and what it wrote too late counts for nothing", async () => {
    const { id } = await broadcasts.channel("webhook");
    await broadcasts.deploy(broadcasts.shop);
    const { sql } = broadcasts.database.client;
    const answered = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    broadcasts.receiver.react = (_, response) => {
      asked.resolve();
      void answered.promise.then(() => response.writeHead(400).end());
    };
    const first = broadcasts.tellAll();
    await asked.promise;
    await sql`update channels set leased_until = now() - interval '1 s'`;
    broadcasts.receiver.react = (_, response) => void response.end();
    await broadcasts.tellAll();
    answered.resolve();
    await first;
    expect((await broadcasts.deliveriesOf(id)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ["delivered", 1],
    ]);
    expect(new Set(broadcasts.receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });
});
