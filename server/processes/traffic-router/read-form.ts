import type { IncomingMessage } from "node:http";

const mostBytes = 2_048;
const withinMs = 10_000;

/** The fields of a small form; null where it is too large, too slow or broken off. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  const timer = setTimeout(() => request.destroy(), withinMs);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) return null;
      chunks.push(chunk);
    }
    return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
  } catch {
    // Whoever sent it has gone, or took too long: there is nobody to answer.
    return null;
  } finally {
    clearTimeout(timer);
  }
}
