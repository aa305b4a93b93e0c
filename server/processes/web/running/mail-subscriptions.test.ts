import { afterAll, beforeAll, expect, test } from "vitest";
import { linkToken } from "#server/kernel/link-token.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { askSubscription } from "#server/services/subscriptions/ask-subscription.ts";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";

/** The pages that links in mails lead to, as the whole portal answers them. */
const key = "d".repeat(64);
const keys = () => [parseSealingKey(key)].filter((one) => one !== null);
let portal: RunningPortal;
let confirming: string;
let ending: string;

beforeAll(async () => {
  const mail = { ANYTIME_SMTP_URL: "smtp://127.0.0.1:1", ANYTIME_MAIL_FROM: "deploys@example.org" };
  portal = await openRunningPortal({ environment: { ...mail, ANYTIME_KEY: key } });
  await askSubscription(portal.database.ctx, {
    address: "bo@example.org",
    serviceSlug: null,
    cadence: "each",
  });
  const [row] = await portal.database.client.sql`select link_id from subscriptions`;
  confirming = linkToken(keys, "confirm a subscription", row?.link_id);
  ending = linkToken(keys, "end a subscription", row?.link_id);
});
afterAll(() => portal.stop());

const state = async () => (await portal.database.client.sql`select state from subscriptions`)[0]?.state;
const post = (path: string, form: Record<string, string>) =>
  portal.ask(path, { method: "POST", body: new URLSearchParams(form) });

test("looking at a link does nothing, its button does, and nobody is told where one came from", async () => {
  for (const path of [`/subscriptions/confirm/${confirming}`, `/subscriptions/end/${ending}`]) {
    for (const method of ["GET", "HEAD", "POST"]) {
      const response = await portal.ask(path, { method });
      expect(response.headers.get("referrer-policy")).toBe("no-referrer");
      expect(response.headers.get("cache-control")).toContain("no-store");
      await response.text();
    }
  }
  expect(await state()).toBe("pending");
  const confirmed = await post("/api/subscriptions/confirm", { token: confirming });
  expect(confirmed.headers.get("location")).toBe("/subscriptions?said=confirmed");
  expect(await state()).toBe("active");
  const looked = await portal.ask(`/api/subscriptions/end/${ending}`);
  expect([looked.status, looked.headers.get("location")]).toEqual([303, `/subscriptions/end/${ending}`]);
  expect(looked.headers.get("referrer-policy")).toBe("no-referrer");
  expect(await state()).toBe("active");
  const clicked = await post(`/api/subscriptions/end/${ending}`, { "List-Unsubscribe": "One-Click" });
  expect(clicked.status).toBe(200);
  expect(await state()).toBe("ended");
});

test("no log holds what was mailed, nor to whom", async () => {
  const page = await portal.ask("/feed");
  expect(await page.text()).toContain('name="address"');
  expect(portal.log()).toContain("/subscriptions/confirm/[hidden]");
  expect(portal.log()).toContain("/api/subscriptions/end/[hidden]");
  for (const secret of [confirming, ending, "bo@example"]) expect(portal.log()).not.toContain(secret);
});
