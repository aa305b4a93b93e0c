import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { notify } from "#server/kernel/notifications.ts";
import { openPortal, type Portal } from "#server/kernel/portal.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { type FeedStreams, openFeedStreams } from "./feed-streams.ts";
import { openServer } from "./open-server.ts";

let database: TestDatabase;
let folder: string;
let portal: Portal;
let shop: TrafficRows;

beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "anytime-web-"));
  const { sql } = database.client;
  shop = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
  await sql`update services set is_public = true`;
  await sql`update environments set is_shown = true`;
  portal = openPortal(() => ({
    settings: loadEnvironment({ ANYTIME_DATA: folder }),
    folders: dataFolderAt(folder),
    secrets: { sessionSecret: "a secret of at least thirty-two characters" },
    logger: openLogger("test", "silent"),
    database: database.client,
  }));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

/** A web process of its own, as far as the feed goes. */
async function startWeb() {
  const streams: FeedStreams = await openFeedStreams(portal);
  const server = openServer(portal, {
    telemetry: { answer: () => false },
    streams: { live: () => undefined, feed: streams.answer },
    pages: (_, response) => response.writeHead(404).end(),
    upgrade: null,
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/feed/live`;
  return {
    url,
    async stop() {
      await streams.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Told {
  id: string;
  name: string;
  data: { id?: string; state?: string };
}

/** Listens as a browser does; `next` gives the events that are no pings, one after the other. */
async function follow(url: string, lastEventId?: string) {
  const headers = lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId };
  const asked = get(url, { headers });
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const events = eventsOf(answer);
  const first = await nextOf(events);
  let event: Told | null = first;
  return {
    first,
    async next(): Promise<Told> {
      for (;;) {
        const told: Told = event ?? (await nextOf(events));
        event = null;
        if (told.name !== "ping") return told;
      }
    },
    leave: () => asked.destroy(),
  };
}

async function nextOf(events: AsyncGenerator<Told>): Promise<Told> {
  const { value, done } = await events.next();
  if (done) throw new Error("The stream has ended.");
  return value;
}

async function* eventsOf(answer: IncomingMessage): AsyncGenerator<Told> {
  let text = "";
  for await (const chunk of answer) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const lines = new Map(
        text
          .slice(0, end)
          .split("\n")
          .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
      );
      text = text.slice(end + 2);
      yield {
        id: lines.get("id") ?? "",
        name: lines.get("event") ?? "",
        data: JSON.parse(lines.get("data") ?? "null"),
      };
    }
  }
}

async function deploy(): Promise<number> {
  const [row] = await database.client.sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, requested_by_name, started_at)
    values (${shop.serviceEnvironmentId}, 'deploy', 'queued', 'abc', 'Secret', 'Ada', 'Ada', now()) returning id::int`;
  return row?.id;
}

test("whoever listens is told at once what happens, and goes on where they were interrupted, also elsewhere", async () => {
  const { ctx } = database;
  const one = await startWeb();
  const reader = await follow(one.url);
  expect(reader.first).toMatchObject({ name: "ping", id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  const id = await deploy();
  await publishDeployment(ctx, id, "started");
  const started = await reader.next();
  expect(started).toMatchObject({ name: "item", data: { state: "started" } });
  reader.leave();
  await publishDeployment(ctx, id, "live");
  await publishDeployment(ctx, id, "failed");
  const again = await follow(one.url, started.id);
  expect([(await again.next()).id, (await again.next()).id]).not.toContain(started.id);
  again.leave();
  await one.stop();

  const other = await startWeb();
  const elsewhere = await follow(other.url, started.id);
  for (let missed = 0; missed < 2; missed++) {
    expect(await elsewhere.next()).toMatchObject({ name: "item", data: { state: "failed" } });
  }
  await publishDeployment(ctx, id, "cancelled");
  expect(await elsewhere.next()).toMatchObject({ name: "gone", data: { id: started.data.id } });
  elsewhere.leave();
  await other.stop();
});

test("the page is to be read anew by whoever has missed too much, and by all when what is shown changes", async () => {
  const web = await startWeb();
  const lost = await follow(web.url, "00000000-0000-4000-8000-000000000000");
  expect(lost.first.name).toBe("reset");
  const drawn = await follow(`${web.url}?after=nonsense`);
  expect(drawn.first.name).toBe("reset");
  await notify(database.ctx, "feed", "reset");
  expect((await drawn.next()).name).toBe("reset");
  lost.leave();
  drawn.leave();
  await web.stop();
});

test("a reader who does not read is dropped, and the others are told all the same", async () => {
  const web = await startWeb();
  const reader = await follow(web.url);
  const asked = get(web.url);
  const [stuck] = (await once(asked, "response")) as [IncomingMessage];
  stuck.pause();
  stuck.on("error", () => undefined);
  const dropped = new Promise((resolve) => stuck.once("close", resolve));
  const id = await deploy();
  const { sql } = database.client;
  await sql`insert into notes (service_id, sha, kind, text, written_by_name)
    select id, 'abc', 'new', ${"Many words. ".repeat(330)}, 'Ada' from services`;
  await publishDeployment(database.ctx, id, "started");
  await reader.next();
  // More than what the system itself takes for a reader.
  for (let round = 0; round < 20; round++) {
    await sql`insert into feed_changes (item_id, word)
      select id, 'note' from feed_items, generate_series(1, 100) where deployment_id = ${id}`;
    for (let heard = 0; heard < 100; heard++) await reader.next();
  }
  stuck.resume();
  await dropped;
  reader.leave();
  await web.stop();
});
