import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import type { IdentityProvider } from "#server/kernel/identity-providers.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { openPortal } from "#server/kernel/portal.ts";
import type { Session } from "#server/services/identity/session.ts";
import { sessionFromToken } from "#server/services/identity/session-from-request.ts";
import {
  type OidcServer,
  oidcClient,
  openOidcServer,
} from "#server/services/identity/testing/oidc-server.ts";
import type { Browser } from "./browser.ts";
import { openDoor } from "./door.ts";

export interface SignInLab {
  database: TestDatabase;
  url: string;
  oidc: OidcServer;
  /** The settings of the provider, to change for a test. */
  provider: IdentityProvider;
  close(): Promise<void>;
}

/** The portal's way in beside a real OpenID provider, on a database of its own. Once a test file. */
export async function openSignInLab(variables: Record<string, string> = {}): Promise<SignInLab> {
  const database = await openTestDatabase();
  const door = await openDoor();
  const oidc = await openOidcServer(door.url);
  const settings = loadEnvironment({
    ANYTIME_URL: door.url,
    ANYTIME_OIDC_ISSUER: oidc.url,
    ANYTIME_OIDC_CLIENT_ID: oidcClient.id,
    ANYTIME_OIDC_CLIENT_SECRET: oidcClient.secret,
    ...variables,
  });
  openPortal(() => ({
    settings,
    folders: dataFolderAt("/nonexistent"),
    secrets: { sessionSecret: "a secret of at least thirty-two characters" },
    logger: openLogger("test", "silent"),
    database: database.client,
  }));
  const [provider] = settings.identityProviders;
  if (provider === undefined) throw new Error("No provider is set up.");
  return {
    ...{ database, oidc, provider, url: door.url },
    async close() {
      await Promise.all([oidc.close(), door.close()]);
      await database.close();
    },
  };
}

/** Presses the provider's button: the address at the provider that the browser is sent to. */
export async function beginAt(
  url: string,
  browser: Browser,
  form: Record<string, string> = {},
  provider = "oidc",
): Promise<URL> {
  const { csrfToken } = (await (await browser.fetch(`${url}/api/auth/csrf`)).json()) as { csrfToken: string };
  const response = await browser.fetch(`${url}/api/auth/signin/${provider}`, {
    ...{ csrfToken, callbackUrl: "/workers", json: "true" },
    ...form,
  });
  const answer = (await response.json()) as { url: string };
  return new URL(answer.url);
}

/** Comes back from the provider: where the portal sends the browser then, as a path. */
export async function comeBack(url: string, browser: Browser, start: URL): Promise<string> {
  const callback = await browser.follow(start.href, `${url}/api/auth/callback/`);
  return finish(url, browser, callback);
}

/** Hands the provider's answer to the portal: the page that it leads to, as a path. */
export async function finish(url: string, browser: Browser, callback: string): Promise<string> {
  let address = callback;
  while (new URL(address).pathname.startsWith("/api/auth/")) {
    const location = (await browser.fetch(address)).headers.get("location");
    if (location === null) throw new Error(`${address} leads nowhere.`);
    address = new URL(location, url).href;
  }
  if (!address.startsWith(`${url}/`)) throw new Error(`${address} is another site.`);
  return address.slice(url.length);
}

export function sessionOf(url: string, browser: Browser): Promise<Session | null> {
  return sessionFromToken(browser.cookie(url, "anytime.session"));
}
