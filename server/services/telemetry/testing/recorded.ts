import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** What real clients sent: see the README beside it. */
export function recorded(name: string): Buffer {
  const body = readFileSync(new URL(`recorded/${name}`, import.meta.url));
  return name.endsWith(".gz") ? gunzipSync(body) : body;
}

/** Seconds of Unix time, soon after all of it. */
export const recordedAt = 1_795_790_400;
