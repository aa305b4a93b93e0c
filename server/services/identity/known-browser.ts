import { randomUUID } from "node:crypto";
import { decode, encode } from "next-auth/jwt";
import { z } from "zod";

/**
 * A browser in which somebody has signed in by their password before. Its guesses are counted by themselves, so that
 * strangers who try the same account keep it waiting in other browsers only (OWASP: device cookies).
 */
const browserSchema = z.object({ email: z.string(), browserId: z.string() });
export type KnownBrowser = z.infer<typeof browserSchema>;

export const browserSeconds = 180 * 24 * 3_600;
const salt = "anytime known browser";

export function newBrowser(email: string): KnownBrowser {
  return { email, browserId: randomUUID() };
}

export function sealBrowser(browser: KnownBrowser, secret: string): Promise<string> {
  return encode({ token: browser, secret, salt, maxAge: browserSeconds });
}

/** Null where there is no such cookie, or it is too old or not ours. */
export async function openBrowser(sealed: string | undefined, secret: string): Promise<KnownBrowser | null> {
  if (sealed === undefined || sealed === "") return null;
  const payload = await decode({ token: sealed, secret, salt }).catch(() => null);
  const browser = browserSchema.safeParse(payload);
  return browser.success ? browser.data : null;
}
