import type { ServerResponse } from "node:http";
import { hasBody } from "./headers.ts";

/** A page of the router's own: why the next pool is not shown, and the way in. It loads nothing and runs nothing. */
export function answerPage(
  response: ServerResponse,
  page: { status: 403 | 404; title: string; text: string; link: { url: string; text: string } },
): void {
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width">
<title>The next pool</title>
<body style="font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1 style="font-size: 1.25rem">${escaped(page.title)}</h1>
<p>${escaped(page.text)}</p>
<p><a href="${escaped(page.link.url)}">${escaped(page.link.text)}</a></p>
`;
  if (hasBody(response.req) && !response.req.complete) response.shouldKeepAlive = false;
  response.writeHead(page.status, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(body)),
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
