/**
 * Takes an envelope of Sentry's SDKs apart: a line of JSON, then items of a line of JSON each and a payload.
 * Source: https://develop.sentry.dev/sdk/data-model/envelopes/.
 */
export interface EnvelopeItem {
  type: string;
  payload: Buffer;
}

export class EnvelopeError extends Error {
  override name = "EnvelopeError";
}

export interface Envelope {
  header: unknown;
  items: EnvelopeItem[];
}

const lineFeed = 0x0a;
const mostItems = 1_000;

/** Throws EnvelopeError. An item that is cut off, or is none, ends the envelope: what came before it counts. */
export function readEnvelope(body: Buffer): Envelope {
  const headerEnd = lineEnd(body, 0);
  const header = json(body.subarray(0, headerEnd));
  if (header === undefined) throw new EnvelopeError("The envelope's first line is no JSON.");
  const items: EnvelopeItem[] = [];
  let position = headerEnd + 1;
  while (position < body.length && items.length < mostItems) {
    const end = lineEnd(body, position);
    if (end === position) {
      position += 1;
      continue;
    }
    const itemHeader = json(body.subarray(position, end));
    const { type, length } = (itemHeader ?? {}) as { type?: unknown; length?: unknown };
    if (typeof type !== "string") break;
    const begin = end + 1;
    const payloadEnd = typeof length === "number" && length >= 0 ? begin + length : lineEnd(body, begin);
    if (payloadEnd > body.length) break;
    items.push({ type, payload: body.subarray(begin, payloadEnd) });
    position = payloadEnd + 1;
  }
  return { header, items };
}

/** Undefined where it is no JSON. */
export function json(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}

function lineEnd(body: Buffer, from: number): number {
  const end = body.indexOf(lineFeed, from);
  return end === -1 ? body.length : end;
}
