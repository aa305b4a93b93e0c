import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { type AddressObject, type ParsedMail, simpleParser } from "mailparser";
import { portalState } from "./state.ts";

/** What has arrived for this address, the oldest first. */
async function mailsTo(address: string): Promise<ParsedMail[]> {
  const { mails: folder } = portalState();
  const files = readdirSync(folder).filter((file) => file.endsWith(".eml"));
  const mails = await Promise.all(files.sort().map((file) => simpleParser(readFileSync(join(folder, file)))));
  return mails.filter(({ to }) => (to as AddressObject | undefined)?.text === address);
}

/** The newest, once so many have arrived. */
export async function waitForMail(address: string, count: number): Promise<ParsedMail & { text: string }> {
  await expect.poll(async () => (await mailsTo(address)).length, { timeout: 150_000 }).toBe(count);
  const mail = (await mailsTo(address)).at(-1);
  if (mail?.text === undefined) throw new Error("The mail has no text.");
  return { ...mail, text: mail.text };
}
