import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth, { type AuthOptions } from "next-auth";

export interface AuthRequest {
  method: string;
  /** What follows `/api/auth/`. */
  path: readonly string[];
  query: Record<string, string>;
  headers: Record<string, string>;
  cookies: Record<string, string>;
  body: Record<string, unknown> | undefined;
}

/**
 * Asks next-auth by its handler for Node requests, and answers as the web does. That handler reads nothing from Next's
 * surroundings, so that all of signing in is tested over real HTTP without them.
 */
export async function exchangeAuth(request: AuthRequest, options: AuthOptions): Promise<Response> {
  const { path, query, ...rest } = request;
  const answer = new Answer();
  await NextAuth(
    { ...rest, query: { ...query, nextauth: path } } as unknown as NextApiRequest,
    answer as unknown as NextApiResponse,
    options,
  );
  return answer.response();
}

/** The part of a Node response that next-auth's handler uses. */
class Answer {
  #status = 200;
  #body: string | null = null;
  readonly #headers = new Map<string, string | string[]>();

  status(status: number): this {
    this.#status = status;
    return this;
  }
  setHeader(name: string, value: string | string[]): this {
    this.#headers.set(name.toLowerCase(), value);
    return this;
  }
  getHeader(name: string): string | string[] | undefined {
    return this.#headers.get(name.toLowerCase());
  }
  json(body: unknown): void {
    this.setHeader("content-type", "application/json");
    this.#body = JSON.stringify(body);
  }
  send(body: unknown): void {
    if (typeof body === "object" && body !== null) this.json(body);
    else this.#body = body === undefined ? null : String(body);
  }
  end(): void {
    this.#body = null;
  }

  response(): Response {
    const headers = new Headers();
    for (const [name, value] of this.#headers) {
      for (const each of Array.isArray(value) ? value : [value]) headers.append(name, each);
    }
    return new Response(this.#body, { status: this.#status, headers });
  }
}
