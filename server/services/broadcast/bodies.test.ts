import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import type { Message } from "#server/domain/message.ts";
import { cloudEvent } from "./cloud-event.ts";
import { discordBody } from "./discord-body.ts";
import { emailBody } from "./email-body.ts";
import { signatureHeaders } from "./sign-webhook.ts";
import { slackBody } from "./slack-body.ts";
import { teamsBody } from "./teams-body.ts";

const portalUrl = "https://deploy.example.org";
const message: Message = {
  id: "6f0f2a44-0f55-4b0a-9a25-6c1c1a0d3a10",
  event: "live",
  title: "Shop #43 is live in Production",
  text: "Search finds *everything* now.",
  facts: [{ name: "Took", value: "3.2 s" }],
  url: `${portalUrl}/feed/item/1`,
  tone: "good",
  happenedAt: "2026-11-25T10:00:00.000Z",
  about: {
    itemId: "7a6b2a44-0f55-4b0a-9a25-6c1c1a0d3a10",
    kind: "release",
    state: "live",
    service: { slug: "shop", name: "Shop" },
    environment: { slug: "production", name: "Production" },
    release: 43,
    isFirst: false,
  },
};

/** Whatever people write. */
const anyMessage = fc
  .record({
    title: fc.string({ unit: "grapheme", minLength: 1, maxLength: 400 }),
    text: fc.string({ unit: "grapheme", maxLength: 6_000 }),
    facts: fc.array(
      fc.record({ name: fc.constantFrom("Took", "By"), value: fc.string({ maxLength: 3_000 }) }),
      {
        maxLength: 12,
      },
    ),
    tone: fc.constantFrom("good", "calm", "attention"),
  })
  .map((written): Message => ({ ...message, ...written }));

describe("Slack", () => {
  test("is told in its blocks", () => {
    expect(slackBody(message)).toEqual({
      text: "Shop #43 is live in Production",
      blocks: [
        {
          type: "header",
          text: {
            type: "plain_text",
            text: ":large_green_circle: Shop #43 is live in Production",
            emoji: true,
          },
        },
        { type: "section", text: { type: "mrkdwn", text: "Search finds *everything* now." } },
        { type: "section", fields: [{ type: "mrkdwn", text: "*Took*\n3.2 s" }] },
        {
          type: "actions",
          elements: [
            {
              type: "button",
              text: { type: "plain_text", text: "Read more" },
              url: message.url,
              action_id: "read-more",
            },
          ],
        },
        {
          type: "context",
          elements: [
            {
              type: "mrkdwn",
              text: "<!date^1795600800^{date_short_pretty} {time}|25 Nov 2026, 10:00 UTC>",
            },
          ],
        },
      ],
    });
  });

  test("keeps within its bounds, and what people write mentions nobody", () => {
    fc.assert(
      fc.property(anyMessage, (written) => {
        const { text, blocks } = slackBody({ ...written, text: `${written.text} <!channel> & <@U1>` });
        expect(text).not.toMatch(/[<>]/);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const block of blocks) {
          if (block.type === "header") expect(block.text.text.length).toBeLessThanOrEqual(150);
          if (block.type !== "section") continue;
          const texts = [...(block.text === undefined ? [] : [block.text]), ...(block.fields ?? [])];
          expect(block.fields?.length ?? 0).toBeLessThanOrEqual(10);
          expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
          for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2_000);
          for (const { text } of texts) expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        }
      }),
    );
  });
});

test("Discord is told in an embed within its bounds, and nobody is mentioned", () => {
  fc.assert(
    fc.property(anyMessage, (written) => {
      const { embeds, allowed_mentions } = discordBody(written);
      expect(allowed_mentions).toEqual({ parse: [] });
      const [embed] = embeds;
      expect(embed?.title.length).toBeLessThanOrEqual(256);
      expect(embed?.description.length).toBeLessThanOrEqual(4_096);
      for (const { value } of embed?.fields ?? []) expect(value.length).toBeLessThanOrEqual(1_024);
      // What an embed may hold in all.
      expect(JSON.stringify(embeds).isWellFormed()).toBe(true);
    }),
  );
});

test("Teams is told in an Adaptive Card that stays below 28 KB", () => {
  const card = teamsBody(message);
  expect(card.attachments[0]?.contentType).toBe("application/vnd.microsoft.card.adaptive");
  expect(card.attachments[0]?.content).toMatchObject({
    type: "AdaptiveCard",
    version: "1.4",
    actions: [{ type: "Action.OpenUrl", url: message.url }],
  });
  const long = teamsBody({ ...message, text: "*\n".repeat(4_000) });
  expect(Buffer.byteLength(JSON.stringify(long))).toBeLessThan(28_000);
});

test("a mail says the same in text and in HTML, where nothing that was written is markup", () => {
  const { subject, text, html } = emailBody({
    ...message,
    title: "Shop\r\nBcc: all",
    text: "<script>\nSecond",
  });
  expect(subject).toBe("Shop Bcc: all");
  expect(text).toContain("<script>\nSecond");
  expect(html).toContain("<p>&lt;script&gt;</p><p>Second</p>");
  expect(html).not.toContain("<script>");
});

describe("a webhook", () => {
  const folder = join(import.meta.dirname, "testing/cdevents");
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
  for (const file of readdirSync(join(folder, "links"))) ajv.addSchema(read(join(folder, "links", file)));
  const validators = Object.fromEntries(
    ["servicedeployed", "serviceupgraded", "servicerolledback"].map((name) => {
      const schema = read(join(folder, `${name}.json`));
      // Its own references are relative to the folder that the schemas lie in.
      return [name, ajv.compile({ ...schema, $id: `https://cdevents.dev/0.6.0-draft/schema/${name}` })];
    }),
  );
  const isValid = (name: string, event: unknown) => validators[name]?.(event);

  test.each([
    ["servicedeployed", "deployed", { event: "live", about: { ...message.about, isFirst: true } }],
    ["serviceupgraded", "upgraded", { event: "live" }],
    ["servicerolledback", "rolledback", { event: "switched-back" }],
  ] as const)("of %s is the CDEvent", (name, predicate, difference) => {
    const { headers, body } = cloudEvent({ ...message, ...difference }, portalUrl);
    const event = JSON.parse(body);
    expect(isValid(name, event), JSON.stringify(validators[name]?.errors)).toBe(true);
    expect(headers).toMatchObject({
      "ce-specversion": "1.0",
      "ce-id": message.id,
      "ce-type": `dev.cdevents.service.${predicate}.0.3.0`,
      "ce-source": portalUrl,
      "ce-subject": "shop",
      "ce-time": message.happenedAt,
    });
    expect(event.subject.content).toEqual({
      environment: { id: "production" },
      artifactId: "pkg:generic/shop@43",
    });
    expect(isValid(name === "serviceupgraded" ? "servicedeployed" : "serviceupgraded", event)).toBe(false);
  });

  test("of everything else is a custom event", () => {
    const failed = { ...message, event: "failed", about: { ...message.about, state: "failed" } } as const;
    const { headers, body } = cloudEvent(failed, portalUrl);
    expect(headers["ce-type"]).toBe("dev.cdeventsx.anytime-release.failed.0.1.0");
    expect(JSON.parse(body)).toMatchObject({
      context: { type: "dev.cdeventsx.anytime-release.failed.0.1.0" },
      subject: { id: "shop", type: "anytime-release" },
      customData: { event: "failed", service: "shop", environment: "production", release: 43, took: "3.2 s" },
    });
  });

  test("is signed as Standard Webhooks say, by each secret that is valid", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const signed = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      at: new Date(1_614_265_330_000),
      body: '{"test": 2432232314}',
    };
    expect(signatureHeaders([secret], signed)).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
    const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const now = { ...signed, at: new Date() };
    const both = signatureHeaders([other, secret], now);
    for (const known of [secret, other])
      expect(new Webhook(known).verify(now.body, both)).toEqual({ test: 2432232314 });
    expect(() => new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx").verify(now.body, both)).toThrow();
  });
});
