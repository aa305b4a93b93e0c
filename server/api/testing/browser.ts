import { readCookies } from "#server/services/identity/session-from-request.ts";

/** Keeps cookies per address and goes where it is sent, one step at a time. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  async fetch(url: string, form?: Record<string, string>): Promise<Response> {
    const { origin } = new URL(url);
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: this.cookies(url), ...(form === undefined ? {} : { origin }) },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const header of response.headers.getSetCookie()) this.#keep(origin, header);
    return response;
  }

  /** Follows redirects from `url` until one of them leads below `prefix`, and answers with that address. */
  async follow(url: string, prefix: string): Promise<string> {
    let next = url;
    for (let steps = 0; steps < 10; steps += 1) {
      if (next.startsWith(prefix)) return next;
      const response = await this.fetch(next);
      const location = response.headers.get("location");
      if (location === null) throw new Error(`${next} answered ${response.status}: ${await response.text()}`);
      next = new URL(location, next).href;
    }
    throw new Error(`${url} led in circles.`);
  }

  cookies(url: string): string {
    const jar = this.#jars.get(new URL(url).origin) ?? new Map<string, string>();
    return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  cookie(url: string, name: string): string | undefined {
    return readCookies(this.cookies(url))[name];
  }

  setCookie(url: string, name: string, value: string): void {
    this.#keep(new URL(url).origin, `${name}=${value}`);
  }

  /** As if it had never been there. */
  forget(url: string): void {
    this.#jars.delete(new URL(url).origin);
  }

  #keep(origin: string, header: string): void {
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, jar);
    const [pair = "", ...attributes] = header.split("; ");
    const end = pair.indexOf("=");
    const isGone = attributes.some(
      (text) => /^max-age=0$/i.test(text) || /^expires=Thu, 01 Jan 1970/i.test(text),
    );
    if (isGone) jar.delete(pair.slice(0, end));
    else jar.set(pair.slice(0, end), pair.slice(end + 1));
  }
}
