import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "#server/kernel/context.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { openTelemetryKey, type TelemetryKeyFor } from "#server/kernel/telemetry-key.ts";
import { type KeyGeneration, opens, readKeyGeneration } from "#server/services/telemetry/key-generation.ts";

const keptMs = 5_000;
const askWithinMs = 2_000;
const mostKept = 10_000;

/**
 * Lets in whoever shows a key, by a look at the key itself; whether it was replaced, the database is asked every few
 * seconds. While that is away, what was known counts.
 */
export class KeyDoor {
  private readonly ctx: Context;
  private readonly keys: SealingKeys;
  /** Keys that were found to be of this installation. */
  private readonly own = new Map<string, TelemetryKeyFor>();
  private readonly known = new Map<number, { generation: KeyGeneration; askedAt: number }>();

  constructor(ctx: Context, keys: SealingKeys) {
    this.ctx = ctx;
    this.keys = keys;
  }

  /** The service environment that the key is for; null where it opens nothing. Rejects where nobody can tell. */
  async open(text: string): Promise<number | null> {
    const key = this.own.get(text) ?? openTelemetryKey(this.keys, text);
    if (key === null) return null;
    keep(this.own, text, key);
    const { serviceEnvironmentId } = key;
    const present = await this.generationOf(serviceEnvironmentId);
    return opens(key.generation, present, this.ctx.now()) ? serviceEnvironmentId : null;
  }

  private async generationOf(serviceEnvironmentId: number): Promise<KeyGeneration> {
    const known = this.known.get(serviceEnvironmentId);
    const now = performance.now();
    if (known !== undefined && now < known.askedAt + keptMs) return known.generation;
    // Asked once, however many come meanwhile.
    if (known !== undefined) known.askedAt = now;
    const tooLate = delay(askWithinMs, null, { ref: false });
    const asked = readKeyGeneration(this.ctx, serviceEnvironmentId).then(
      (generation) => generation,
      (error: unknown) => {
        if (known === undefined) throw error;
        return null;
      },
    );
    const generation = await Promise.race([asked, tooLate]);
    if (generation === null && known === undefined) throw new Error("The database does not answer.");
    if (generation === null) return (known as { generation: KeyGeneration }).generation;
    keep(this.known, serviceEnvironmentId, { generation, askedAt: now });
    return generation;
  }
}

function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > mostKept && oldest !== undefined) map.delete(oldest);
}
