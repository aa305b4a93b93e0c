import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { SealingKey, SealingKeys } from "./sealed-value.ts";
import { UnreadableSecretError } from "./sealed-value.ts";

/**
 * What a service shows when it tells of itself: for which service environment, of which generation, with a code that only
 * the installation's keys make. 32 hexadecimal digits, as in a DSN of Sentry. Nothing of it is stored.
 */
export interface TelemetryKeyFor {
  serviceEnvironmentId: number;
  /** Raised when it is replaced. */
  generation: number;
}

const placeBytes = 4;
const generationBytes = 2;
const codeBytes = 10;

export function telemetryKey(
  keys: SealingKeys,
  { serviceEnvironmentId, generation }: TelemetryKeyFor,
): string {
  const [key] = telemetryKeysOf(keys, { serviceEnvironmentId, generation });
  if (key === undefined) throw new UnreadableSecretError("There is no key to make telemetry keys with.");
  return key;
}

/** As made with each of the installation's keys, the present one first: all of them open. */
export function telemetryKeysOf(
  keys: SealingKeys,
  { serviceEnvironmentId, generation }: TelemetryKeyFor,
): string[] {
  const place = Buffer.alloc(placeBytes + generationBytes);
  place.writeUInt32BE(serviceEnvironmentId);
  place.writeUInt16BE(generation, placeBytes);
  return keys().map((key) => Buffer.concat([place, codeOf(key, place)]).toString("hex"));
}

/** Null where no key of this installation made it. */
export function openTelemetryKey(keys: SealingKeys, text: string): TelemetryKeyFor | null {
  if (!/^[0-9a-f]{32}$/.test(text)) return null;
  const bytes = Buffer.from(text, "hex");
  const place = bytes.subarray(0, placeBytes + generationBytes);
  const code = bytes.subarray(placeBytes + generationBytes);
  if (!keys().some((key) => timingSafeEqual(codeOf(key, place), code))) return null;
  return { serviceEnvironmentId: place.readUInt32BE(), generation: place.readUInt16BE(placeBytes) };
}

function codeOf(key: SealingKey, place: Buffer): Buffer {
  const derived = new Uint8Array(hkdfSync("sha256", key.bytes, "", "anytime telemetry", 32));
  return createHmac("sha256", derived).update(place).digest().subarray(0, codeBytes);
}
