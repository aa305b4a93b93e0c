import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { previewEntryPath } from "#server/domain/host-names.ts";
import { previewCookie } from "#server/domain/portal-cookies.ts";
import { entryForMs, openPass, type PassPurpose, sealPass } from "#server/services/traffic/preview-pass.ts";
import type { Destination, NextPoolAsked } from "./find-route.ts";
import { nextPoolOf } from "./next-pool.ts";
import { answerPage } from "./preview-page.ts";
import { readForm } from "./read-form.ts";

export interface PreviewSettings {
  /** Null where this router cannot tell who is signed in: nobody gets in. */
  key: Uint8Array | null;
  portalUrl: string;
}

/**
 * Lets those into the next pool who bring a grant of the portal, and whoever was let in before. Strangers hear the same
 * whether a service of that name exists or not. No database is asked.
 */
export class PreviewDoor {
  readonly #key: Uint8Array | null;
  readonly #portalUrl: string;

  constructor({ key, portalUrl }: PreviewSettings) {
    this.#key = key;
    this.#portalUrl = portalUrl;
  }

  /** Where to pass the request on to; null where the door has answered it, or answers it yet. */
  admit(request: IncomingMessage, response: ServerResponse, asked: NextPoolAsked): Destination | null {
    if (request.url === previewEntryPath) {
      void this.#enter(request, response, asked);
      return null;
    }
    const destination = this.#letIn(request, asked, response);
    if (destination === null) this.#refuse(response, asked);
    else if (destination.service.choose({ headers: request.headers, draw: 0 }, []) === null)
      this.#tellOfNone(response, asked);
    else return destination;
    return null;
  }

  /** The same for a connection that leaves HTTP; null where it is to be refused. */
  admitUpgrade(request: IncomingMessage, client: Socket, asked: NextPoolAsked): Destination | null {
    return this.#letIn(request, asked, client);
  }

  #letIn(request: IncomingMessage, asked: NextPoolAsked, work: Socket | ServerResponse): Destination | null {
    const { service } = asked;
    const endsAtMs = this.#admittedUntil(request, asked);
    if (service === undefined || endsAtMs === null) return null;
    // A stream or a websocket would else show it for as long as it stays open.
    const timer = setTimeout(() => request.socket.destroy(), endsAtMs - Date.now());
    work.once("close", () => clearTimeout(timer));
    return { service: nextPoolOf(service), target: request.url ?? "/", prefix: null };
  }

  async #enter(request: IncomingMessage, response: ServerResponse, asked: NextPoolAsked): Promise<void> {
    const form = request.method === "POST" ? await readForm(request) : null;
    const grant = form?.get("grant") ?? "";
    const id = asked.service?.route.serviceEnvironmentId;
    if (this.#key === null || id === undefined || !this.#holds("grant", grant, asked)) {
      return this.#refuse(response, asked);
    }
    const entry = sealPass(this.#key, "entry", {
      serviceEnvironmentId: id,
      expiresAtMs: Date.now() + entryForMs,
    });
    response.writeHead(303, {
      // Of this host only: without a Domain no other one gets it, not that of the live pool either.
      "Set-Cookie": `${previewCookie}=${entry}; Path=/; Max-Age=${entryForMs / 1_000}; HttpOnly; SameSite=Lax`,
      Location: "/",
      "Content-Length": "0",
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
    });
    response.end();
  }

  /** Whatever else a page of another host may have set under that name, the one that holds counts. */
  #admittedUntil(request: IncomingMessage, asked: NextPoolAsked): number | null {
    for (const pair of (request.headers.cookie ?? "").split(";")) {
      const [name, value = ""] = pair.trim().split("=", 2);
      const pass = name === previewCookie ? this.#holds("entry", value, asked) : null;
      if (pass !== null) return pass.expiresAtMs;
    }
    return null;
  }

  #holds(purpose: PassPurpose, sealed: string, { service }: NextPoolAsked) {
    if (this.#key === null || service === undefined) return null;
    const pass = openPass(this.#key, purpose, sealed, Date.now());
    return pass?.serviceEnvironmentId === service.route.serviceEnvironmentId ? pass : null;
  }

  #refuse(response: ServerResponse, asked: NextPoolAsked): void {
    const why =
      this.#key === null
        ? "This router does not know the portal's people: give it the portal's ANYTIME_PREVIEW_SECRET."
        : "Open it from the portal: what lets you in holds for a quarter of an hour, the way from there for a minute. " +
          "Where that never works, this router and the portal have different secrets: see ANYTIME_PREVIEW_SECRET.";
    answerPage(response, {
      status: 403,
      title: "The next pool is for whoever is signed in",
      text: why,
      link: this.#linkTo(asked),
    });
  }

  #tellOfNone(response: ServerResponse, asked: NextPoolAsked): void {
    answerPage(response, {
      status: 404,
      title: "There is no next pool at the moment",
      text: "No pool stands ready beside the live one.",
      link: this.#linkTo(asked),
    });
  }

  #linkTo({ serviceSlug }: NextPoolAsked) {
    return { url: `${this.#portalUrl}/services/${serviceSlug}`, text: `${serviceSlug} in the portal` };
  }
}
