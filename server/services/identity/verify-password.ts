import { signInProblems } from "#server/domain/sign-in-problems.ts";
import { isWellFormedText } from "#server/domain/text.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { UnauthenticatedError } from "#server/kernel/errors.ts";
import { findUserByEmail } from "./find-user.ts";
import type { KnownBrowser } from "./known-browser.ts";
import { noteSignIn } from "./note-sign-in.ts";
import { matchesHash } from "./password-hash.ts";
import {
  accountLimit,
  addressLimit,
  browserLimit,
  countAttempt,
  forgetFailures,
  uncountAttempt,
  waitText,
} from "./sign-in-throttle.ts";

export interface SignedInUser {
  id: number;
  name: string;
  email: string;
  sessionVersion: number;
}

/** UnauthenticatedError where e-mail or password is wrong (which one is not said), or there were too many attempts. */
export async function verifyPassword(
  ctx: Context,
  input: { email: string; password: string; address: string; browser?: KnownBrowser | null },
): Promise<SignedInUser> {
  const email = input.email.trim().toLowerCase().slice(0, 254);
  const { browser } = input;
  const account = browser?.email === email ? browserLimit(browser.browserId) : accountLimit(email);
  const limits = { account, address: addressLimit(input.address) };
  for (const limit of [limits.address, limits.account]) {
    const waitMs = await countAttempt(ctx, limit);
    if (waitMs > 0) throw new UnauthenticatedError(`Too many failed sign-ins. ${waitText(waitMs)}`);
  }
  const user = isWellFormedText(email) ? await findUserByEmail(ctx, email) : null;
  const matches = await matchesHash(input.password.slice(0, 1_000), user?.passwordHash ?? null);
  if (user === null || !matches) throw new UnauthenticatedError("E-mail or password is wrong.");
  // Said to whoever knows the password, and to nobody else.
  if (user.leftAt !== null) throw new UnauthenticatedError(signInProblems["has-left"]);
  await forgetFailures(ctx, limits.account);
  await uncountAttempt(ctx, limits.address);
  await inTransaction(ctx, (tx) => noteSignIn(tx, user, { by: "password" }));
  return { id: user.id, name: user.name, email: user.email, sessionVersion: user.sessionVersion };
}
