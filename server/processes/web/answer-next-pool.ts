import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { nextPoolUrl, previewEntryPath } from "#server/domain/host-names.ts";
import { nextPool } from "#server/domain/pools.ts";
import { systemContext } from "#server/kernel/context.ts";
import { portal } from "#server/kernel/portal.ts";
import { previewKey } from "#server/kernel/preview-key.ts";
import { grantForMs, sealPass } from "#server/services/traffic/preview-pass.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { answerText } from "./bare-answers.ts";

/**
 * The way into the next pool of a service environment: a form that sends itself there with a grant. A form, since what
 * stands in an address ends up in logs, histories and what is shared; without scripts it is one click more.
 */
export async function answerNextPool(
  request: IncomingMessage,
  response: ServerResponse,
  serviceEnvironmentId: number,
): Promise<void> {
  const { database, settings, folders } = portal();
  const ctx = systemContext(database.db, "next pool");
  const [route] = await readRoutes(ctx, serviceEnvironmentId);
  const key = previewKey(settings, folders.secretsFile);
  if (route === undefined) return answerText(response, 404, "There is no such service environment.");
  if (key === null || nextPool(route.ready, route.livePool) === null) {
    return answerText(response, 404, "No pool stands ready beside the live one at the moment.");
  }
  const url = nextPoolUrl(route.serviceSlug, route.environmentSlug, settings.routerPort);
  const expiresAtMs = ctx.now().getTime() + grantForMs;
  const grant = sealPass(key, "grant", { serviceEnvironmentId, expiresAtMs });
  const nonce = randomBytes(16).toString("base64");
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    // The portal's own pages send no form to another host.
    "content-security-policy": `default-src 'none'; script-src 'nonce-${nonce}'; form-action ${new URL(url).origin}; base-uri 'none'; frame-ancestors 'none'`,
  });
  response.end(request.method === "HEAD" ? undefined : page({ url, grant, nonce }));
}

/** Nothing in it needs escaping: slugs, a port, base64. */
function page({ url, grant, nonce }: { url: string; grant: string; nonce: string }): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width">
<title>The next pool</title>
<form method="post" action="${new URL(previewEntryPath, url).href}">
<input type="hidden" name="grant" value="${grant}">
<button>Open the next pool</button>
</form>
<script nonce="${nonce}">document.forms[0].submit()</script>
`;
}
