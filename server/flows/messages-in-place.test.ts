import { describe, expect, test } from "vitest";
import { publishDeployment } from "#server/services/feed/publish.ts";
import type { Received } from "./testing/open-receiver.ts";

import { useBroadcasts } from "./testing/use-broadcasts.ts";

const broadcasts = useBroadcasts();

describe("a message that is changed in place", () => {
  const slack = (answer: (request: Received) => object) => {
    broadcasts.receiver.react = (request, response) => void response.end(JSON.stringify(answer(request)));
  };

  test("of a Slack bot is one for each deployment", async () => {
    await broadcasts.channel("slack-bot");
    slack(() => ({ ok: true, ts: "17.5" }));
    const id = await broadcasts.deploy(broadcasts.shop, "started");
    await broadcasts.tellAll();
    await publishDeployment(broadcasts.ctx, id, "live");
    await broadcasts.tellAll();
    const bodies = broadcasts.receiver.received.map(({ path, body, headers }) => {
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
    await broadcasts.channel("slack-bot");
    const id = await broadcasts.deploy(broadcasts.shop, "started");
    await publishDeployment(broadcasts.ctx, id, "live");
    slack(() => ({ ok: true, ts: "1" }));
    await broadcasts.tellAll();
    slack(({ path }) =>
      path.endsWith("update") ? { ok: false, error: "message_not_found" } : { ok: true, ts: "2" },
    );
    await publishDeployment(broadcasts.ctx, id, "failed");
    await broadcasts.tellAll();
    const paths = broadcasts.receiver.received.map(({ path, body }) => [path.slice(10), JSON.parse(body).ts]);
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
    const { id } = await broadcasts.channel("slack-bot");
    slack(() => ({ ok: false, error }));
    await broadcasts.deploy(broadcasts.shop);
    await broadcasts.tellAll();
    expect(await broadcasts.deliveriesOf(id)).toMatchObject([{ state, reason }]);
  });

  test("of Discord is changed under its address", async () => {
    await broadcasts.channel("discord", { url: `${broadcasts.receiver.url}/api/webhooks/1/token` });
    broadcasts.receiver.react = (_, response) => void response.end(JSON.stringify({ id: "99" }));
    const id = await broadcasts.deploy(broadcasts.shop, "started");
    await publishDeployment(broadcasts.ctx, id, "live");
    await broadcasts.tellAll();
    expect(broadcasts.receiver.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/webhooks/1/token?wait=true",
      "PATCH /api/webhooks/1/token/messages/99?wait=true",
    ]);
  });
});
