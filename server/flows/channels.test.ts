import { simpleParser } from "mailparser";
import { describe, expect, test } from "vitest";
import type { ChannelKind } from "#server/domain/broadcast.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { openSmtp } from "#server/kernel/testing/open-smtp.ts";
import { forgetDeliveries } from "#server/services/broadcast/forget-deliveries.ts";
import { listChannels, readChannel } from "#server/services/broadcast/list-channels.ts";
import { listUnreadableChannels } from "#server/services/broadcast/list-unreadable-channels.ts";
import type { ChannelInput } from "#server/services/broadcast/parse-channel.ts";
import { pauseChannel } from "#server/services/broadcast/pause-channel.ts";
import { resealChannels } from "#server/services/broadcast/reseal-channels.ts";
import { rotateSigningSecret } from "#server/services/broadcast/rotate-signing-secret.ts";
import { tryChannel } from "#server/services/broadcast/try-channel.ts";
import { updateChannel } from "#server/services/broadcast/update-channel.ts";
import { writeNote } from "#server/services/feed/write-note.ts";
import { previewMessage } from "./preview-message.ts";

import { everything, titlesOf, useBroadcasts } from "./testing/use-broadcasts.ts";

const broadcasts = useBroadcasts();

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
    await expect(broadcasts.channel(kind, input)).rejects.toMatchObject({ field });
    expect(await listChannels(broadcasts.ctx)).toEqual([]);
  });

  test("shows nothing of what opens it, in the portal or the audit log", async () => {
    const { id, signingSecret } = await broadcasts.channel("webhook", {
      url: `${broadcasts.receiver.url}/secret-path`,
    });
    await broadcasts.channel("slack-bot");
    await updateChannel(broadcasts.ctx, broadcasts.keys, id, {
      name: "renamed",
      isPublic: false,
      url: `${broadcasts.receiver.url}/other-path`,
      rules: [],
    });
    await rotateSigningSecret(broadcasts.ctx, broadcasts.keys, id);
    const shown = JSON.stringify([await listChannels(broadcasts.ctx), await readChannel(broadcasts.ctx, id)]);
    const audit = JSON.stringify(
      await broadcasts.database.client.sql`select before, after from audit_entries`,
    );
    const stored = JSON.stringify(await broadcasts.database.client.sql`select * from channels`);
    for (const text of [shown, audit, stored]) {
      expect(text).not.toMatch(/secret-path|other-path|xoxb-/);
      expect(text).not.toContain(signingSecret);
    }
  });

  test("is sealed anew with another key, and says where no key opens it", async () => {
    const { id } = await broadcasts.channel("webhook");
    const other = () => [parseSealingKey("d".repeat(64)), ...broadcasts.keys()].filter((key) => key !== null);
    expect(await resealChannels(broadcasts.ctx, other)).toEqual({ resealed: 1, unreadable: 0 });
    expect(await listUnreadableChannels(broadcasts.ctx, other)).toEqual([]);
    expect(await listUnreadableChannels(broadcasts.ctx, broadcasts.keys)).toMatchObject([
      { id, problem: expect.stringContaining("key") },
    ]);
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    expect(await readChannel(broadcasts.ctx, id)).toMatchObject({ waiting: 1, dead: 0 });
    broadcasts.outside = { ...broadcasts.outside, keys: other };
    broadcasts.later(10);
    await broadcasts.tellAll();
    expect(broadcasts.receiver.received).toHaveLength(1);
  });

  test("keeps what opens it where nothing new is given, and goes on at once with what waits", async () => {
    const { id } = await broadcasts.channel("webhook", { url: `${broadcasts.receiver.url}/kept` });
    broadcasts.receiver.react = (_, response) => void response.writeHead(500).end();
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    broadcasts.receiver.react = (_, response) => void response.end();
    await updateChannel(broadcasts.ctx, broadcasts.keys, id, {
      name: "renamed",
      isPublic: false,
      rules: [everything],
    });
    await broadcasts.tellAll();
    expect(broadcasts.receiver.received.map(({ path }) => path)).toEqual(["/kept", "/kept"]);
    await expect(broadcasts.channel("webhook", { name: "renamed" })).rejects.toThrow(
      "There is a channel renamed already.",
    );
  });

  test("signs with a new secret and, for a day, with the one before", async () => {
    const { id } = await broadcasts.channel("webhook");
    await rotateSigningSecret(broadcasts.ctx, broadcasts.keys, id);
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    broadcasts.later(25 * 3_600);
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    const counts = broadcasts.receiver.received.map(
      ({ headers }) => String(headers["webhook-signature"]).split(" ").length,
    );
    expect(counts).toEqual([2, 1]);
  });

  test("that is paused is sent nothing, and what happened meanwhile is not told later", async () => {
    const { id } = await broadcasts.channel("webhook");
    await pauseChannel(broadcasts.ctx, id, true);
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    await pauseChannel(broadcasts.ctx, id, false);
    await broadcasts.deploy(broadcasts.shop, "failed");
    await broadcasts.tellAll();
    expect(titlesOf(broadcasts.receiver.received)).toEqual(["shop #1 was not released to production"]);
  });

  test("can be tried", async () => {
    const { id } = await broadcasts.channel("slack");
    expect(await tryChannel(broadcasts.ctx, broadcasts.outside, id)).toMatchObject({ reason: null });
    expect(broadcasts.receiver.received[0]?.body).toContain("Anytime can write to channel");
    broadcasts.receiver.react = (_, response) => void response.writeHead(403).end("invalid_token");
    expect(await tryChannel(broadcasts.ctx, broadcasts.outside, id)).toMatchObject({
      reason: "It answered 403: invalid_token",
    });
    const { id: mail } = await broadcasts.channel("email");
    expect(await tryChannel(broadcasts.ctx, broadcasts.outside, mail)).toMatchObject({
      reason: "No mail server is set up: the operator does that by ANYTIME_SMTP_URL.",
    });
  });

  test("of e-mail sends each event as a mail, and gives up what no address takes", async () => {
    const { id } = await broadcasts.channel("email", { recipients: ["ada@example.org", "bo@example.org"] });
    const smtp = await openSmtp();
    broadcasts.outside = { ...broadcasts.outside, mailer: smtp.mailer };
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    const parsed = await simpleParser(smtp.received[0] ?? "");
    expect(parsed.subject).toBe("shop #1 is live in production");
    expect(parsed.text).toContain("https://deploy.example.org/services/shop/deployments/");
    await smtp.close();
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    expect((await readChannel(broadcasts.ctx, id)).trouble?.reason).toMatch(
      /^The mail server was not reached/,
    );
  });

  test("is shown beforehand what it would have been told", async () => {
    const sha = "d".repeat(40);
    const [row] = await broadcasts.database.client.sql`select id::int from services where slug = 'shop'`;
    await broadcasts.deploy(broadcasts.shop, "live", sha);
    await writeNote(broadcasts.ctx, { id: row?.id, slug: "shop" }, sha, {
      kind: "new",
      text: "Look **here**.",
      linkUrl: null,
    });
    const preview = await previewMessage(broadcasts.ctx, {
      kind: "slack",
      isPublic: true,
      portalUrl: broadcasts.outside.portalUrl,
    });
    expect(preview.message).toMatchObject({ title: "shop #1 is live in production", text: "Look here." });
    expect(JSON.parse(preview.body)).toHaveProperty("blocks");
  });

  test("forgets what was delivered a month ago, and what was given up a quarter ago", async () => {
    const { id } = await broadcasts.channel("webhook");
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    broadcasts.receiver.react = (_, response) => void response.writeHead(400).end();
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    const days = { settled: 30, dead: 90 };
    broadcasts.later(31 * 86_400);
    expect(await forgetDeliveries(broadcasts.ctx, days)).toBe(1);
    broadcasts.later(60 * 86_400);
    expect(await forgetDeliveries(broadcasts.ctx, days)).toBe(1);
    expect(await broadcasts.deliveriesOf(id)).toEqual([]);
  });
});
