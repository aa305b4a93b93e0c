import { z } from "zod";
import { cadences, type SubscriptionOutcome, trapField } from "#server/domain/subscription.ts";
import { askForMails, TooOftenError } from "#server/flows/ask-for-mails.ts";
import { type Context, systemContext } from "#server/kernel/context.ts";
import { isDatabaseAway } from "#server/kernel/database-away.ts";
import { ForbiddenError, NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { openLinkToken } from "#server/kernel/link-token.ts";
import { portal } from "#server/kernel/portal.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { tellOfDatabase } from "#server/kernel/tell-of-database.ts";
import { logUnknown } from "#server/kernel/unknown-error.ts";
import { addressHeader } from "#server/services/identity/request-headers.ts";
import { confirmSubscription } from "#server/services/subscriptions/confirm-subscription.ts";
import { endSubscription } from "#server/services/subscriptions/end-subscription.ts";
import { demandSameOrigin } from "../same-origin.ts";
import { slug } from "../schemas.ts";

/** Forms that work without a script: each is answered by a page that says what came of it. */

const wishSchema = z.object({
  address: z.string().catch(""),
  service: z
    .union([z.literal("").transform(() => null), slug])
    .nullable()
    .catch("-"),
  cadence: z.enum(cadences).catch("each"),
});

/** Somebody wants to be told. The answer is the same whoever the address belongs to, and whatever it is told already. */
export function handleAsk(request: Request): Promise<Response> {
  return answer(request, "subscriptions", async (ctx) => {
    const { settings } = portal();
    demandSameOrigin(request.headers, settings.portalUrl);
    if (settings.smtpUrl === null) return said("off");
    const form = await readForm(request);
    const { address, service, cadence } = wishSchema.parse({ service: null, ...form });
    // No person sees that field.
    if (form[trapField]) return said("asked", service);
    const from = request.headers.get(addressHeader) ?? "unknown";
    try {
      await askForMails(ctx, { address, serviceSlug: service, cadence }, from);
      return said("asked", service);
    } catch (error) {
      if (error instanceof ValidationError) return said("address", service);
      if (error instanceof TooOftenError) return said("wait", service);
      if (error instanceof NotFoundError) return said("feed");
      throw error;
    }
  });
}

/** The button that the mail leads to. The token is proof enough: no cookie is asked for, and none is used. */
export function handleConfirm(request: Request): Promise<Response> {
  return answer(request, "subscriptions/confirm", async (ctx) => {
    const { token = "" } = await readForm(request);
    const linkId = openLinkToken(keys(), "confirm a subscription", token);
    if (linkId === null) return said("unknown");
    try {
      await confirmSubscription(ctx, linkId);
      return said("confirmed");
    } catch (error) {
      if (error instanceof NotFoundError) return said("used");
      throw error;
    }
  });
}

/**
 * Ends it, for the button of the page and for mail programs, which send the POST of RFC 8058 by themselves, from anywhere
 * and without following redirects. Reading leads to the page: what only looks at links ends nothing.
 */
export function handleEnd(request: Request): Promise<Response> {
  return answer(request, "subscriptions/end", async (ctx) => {
    const token = new URL(request.url).pathname.split("/").at(-1) ?? "";
    if (request.method !== "POST") return seeOther(`/subscriptions/end/${encodeURIComponent(token)}`);
    const isOfPage = (await readForm(request)).from === "page";
    const linkId = openLinkToken(keys(), "end a subscription", token);
    if (linkId !== null) await endSubscription(ctx, linkId);
    if (isOfPage) return said(linkId === null ? "unknown" : "ended");
    return linkId === null
      ? plain(404, "This link ends nothing: it was not copied whole.")
      : plain(200, "No more of these mails.");
  });
}

function keys() {
  const { settings, folders } = portal();
  return sealingKeys(settings, folders.secretsFile);
}

/** No address is given to the context: where readers come from is nothing for the audit log. */
async function answer(
  request: Request,
  path: string,
  work: (ctx: Context) => Promise<Response>,
): Promise<Response> {
  const { database, logger } = portal();
  try {
    const response = await work(systemContext(database.db, "visitor"));
    return request.method === "HEAD" ? new Response(null, response) : response;
  } catch (error) {
    if (error instanceof ForbiddenError) return said("elsewhere");
    if (isDatabaseAway(error)) return plain(503, tellOfDatabase(error));
    return plain(500, logUnknown(logger, error, { path }).message);
  }
}

/** Its fields as text; none where it is no form. */
async function readForm(request: Request): Promise<Record<string, string>> {
  const form = await request.formData().catch(() => new FormData());
  return Object.fromEntries(
    [...form].filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function said(outcome: SubscriptionOutcome, service: string | null = null): Response {
  const query = new URLSearchParams({ said: outcome, ...(service === null ? {} : { service }) });
  return seeOther(`/subscriptions?${query}`);
}

/** Relative: behind which address the portal is, whoever asks knows best. */
function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}

function plain(status: number, message: string): Response {
  return new Response(`${message}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
