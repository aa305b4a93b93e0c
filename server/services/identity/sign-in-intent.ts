import { decode, encode } from "next-auth/jwt";
import { z } from "zod";

/**
 * What somebody means by going to a provider: to sign in, to connect it to the account that they are signed in to, or
 * to use an invitation. It is set where they begin and read where they come back, so that an answer never connects
 * anything that its browser did not ask for.
 */
const intentSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sign-in") }),
  z.object({ kind: z.literal("connect"), userId: z.number().int() }),
  z.object({ kind: z.literal("join"), token: z.string() }),
]);
export type SignInIntent = z.infer<typeof intentSchema>;

export const intentSeconds = 15 * 60;
const salt = "anytime sign-in intent";

/** Encrypted, so that a cookie that is found in a file uses no invitation. */
export function sealIntent(intent: SignInIntent, secret: string): Promise<string> {
  return encode({ token: intent, secret, salt, maxAge: intentSeconds });
}

/** Signing in, where there is no intent or it is too old or not ours. */
export async function openIntent(sealed: string | undefined, secret: string): Promise<SignInIntent> {
  if (sealed === undefined || sealed === "") return { kind: "sign-in" };
  const payload = await decode({ token: sealed, secret, salt }).catch(() => null);
  const intent = intentSchema.safeParse(payload);
  return intent.success ? intent.data : { kind: "sign-in" };
}

/** What the form that leads to a provider says. `connect` needs a session. */
export function intentOf(form: Readonly<Record<string, unknown>>, userId: number | null): SignInIntent {
  if (form.purpose === "connect" && userId !== null) return { kind: "connect", userId };
  if (form.purpose === "join" && typeof form.token === "string") return { kind: "join", token: form.token };
  return { kind: "sign-in" };
}
