import { password, type RunningPortal } from "./running-portal.ts";

/** As the page does it: first the token against forged sign-ins, then the password. `brought` are cookies of before. */
export async function signIn(
  at: RunningPortal,
  form: Record<string, string> = {},
  brought: readonly string[] = [],
): Promise<Response> {
  const first = await at.ask("/api/auth/csrf");
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const cookies = first.headers.getSetCookie().map((set) => set.split(";")[0]);
  return at.ask("/api/auth/callback/credentials", {
    method: "POST",
    headers: { cookie: [...brought, ...cookies].join("; "), "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ csrfToken, email: "admin@example.org", password, json: "true", ...form }),
  });
}

/** Name, value and flags of the session's cookie that an answer sets; null where it sets none. */
export function sessionCookie(
  response: Response,
  name = "anytime.session",
): { pair: string; flags: string[] } | null {
  const cookie = response.headers.getSetCookie().find((set) => set.startsWith(`${name}=ey`));
  const [pair = "", ...flags] = cookie?.split("; ") ?? [];
  return cookie === undefined ? null : { pair, flags };
}
