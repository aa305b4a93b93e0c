import { simpleParser } from "mailparser";
import type { SMTPServerOptions } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import { openSmtp, type TestSmtp } from "./testing/open-smtp.ts";

const opened: TestSmtp[] = [];
afterEach(async () => {
  for (const smtp of opened.splice(0)) await smtp.close();
});

async function open(options: SMTPServerOptions = {}): Promise<TestSmtp> {
  const smtp = await openSmtp(options);
  opened.push(smtp);
  return smtp;
}

const mail = {
  to: ["ada@example.org"],
  subject: "Shop is live",
  text: "It is.",
  html: "<p>It is.</p>",
  messageId: "1",
};

test("a mail arrives with its name, in text and in HTML", async () => {
  const { mailer, received } = await open();
  await mailer.send({ ...mail, headers: { "List-Id": "deploys" } });
  const parsed = await simpleParser(received[0] ?? "");
  expect(parsed).toMatchObject({
    subject: "Shop is live",
    messageId: "<1@deploy.example.org>",
    text: "It is.",
    html: "<p>It is.</p>",
    from: { text: '"Anytime" <deploys@example.org>' },
    to: { text: "ada@example.org" },
  });
  expect(parsed.headers.get("auto-submitted")).toBe("auto-generated");
  expect(parsed.headers.get("list")).toMatchObject({ id: { name: "deploys" } });
});

test("no line of a header is made by what stands in it", async () => {
  const { mailer, received } = await open();
  await mailer.send({
    ...mail,
    subject: "Shop\r\nBcc: eve@example.org",
    to: ["ada@example.org\r\nBcc: eve@example.org"],
  });
  const parsed = await simpleParser(received[0] ?? "");
  expect(parsed.headers.has("bcc")).toBe(false);
  expect(parsed.subject).toBe("Shop Bcc: eve@example.org");
});

test.each([
  [451, false],
  [550, true],
])("a refusal by %i is told, and whether it stays", async (responseCode, isPermanent) => {
  const refusal = Object.assign(new Error("no such mailbox"), { responseCode });
  const { mailer, received } = await open({
    onRcptTo: (_, __, callback) => callback(refusal),
  });
  await expect(mailer.send(mail)).rejects.toMatchObject({
    isPermanent,
    message: expect.stringMatching(/^The mail server answered: .*no such mailbox/),
  });
  expect(received).toEqual([]);
});

test("a wrong password passes, as it can be mended, and is not repeated", async () => {
  const { mailer } = await open({ onAuth: (_, __, callback) => callback(new Error("wrong")) });
  const error = await mailer.send(mail).catch((error: unknown) => error);
  expect(error).toMatchObject({ isPermanent: false });
  expect(String(error)).not.toContain("secret-password");
});

test("a server that is away is told as such", async () => {
  const { mailer } = await open();
  for (const smtp of opened.splice(0)) await smtp.close();
  await expect(mailer.send(mail)).rejects.toMatchObject({
    isPermanent: false,
    message: expect.stringMatching(/not reached/),
  });
});
