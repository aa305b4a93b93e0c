/**
 * Latencies are counted in slots whose bounds grow by 2^(1/8), the exponential histogram of OpenTelemetry at scale 3: two
 * counts add slot by slot without error, and no latency is off by more than 9 %. Slot 0 ends at 2^-4 ms.
 */
const slotsPerDoubling = 8;
const firstBoundLog2 = -4;
/** The last one ends at 2^20 ms, about 17 minutes, and takes whatever took longer. */
export const slotCount = (20 - firstBoundLog2) * slotsPerDoubling + 1;

/** The slot whose upper bound is the first that is not below the latency. */
export function slotOf(latencyMs: number): number {
  if (!(latencyMs > 2 ** firstBoundLog2)) return 0;
  const slot = Math.ceil((Math.log2(latencyMs) - firstBoundLog2) * slotsPerDoubling);
  return Math.min(slot, slotCount - 1);
}

export function upperBoundMs(slot: number): number {
  return 2 ** (firstBoundLog2 + slot / slotsPerDoubling);
}

/** The upper bound of the slot in which the quantile (0 to 1) lies; null where nothing was counted. */
export function quantileMs(slots: readonly number[], quantile: number): number | null {
  const all = slots.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  let below = 0;
  for (const [slot, count] of slots.entries()) {
    below += count;
    if (below >= all * quantile) return upperBoundMs(slot);
  }
  return upperBoundMs(slots.length - 1);
}

/** No longer than its last slot that counts anything. */
export function addToSlot(latency: number[], slot: number, count: number): void {
  if (count === 0) return;
  while (latency.length <= slot) latency.push(0);
  latency[slot] = (latency[slot] as number) + count;
}

/** Adds what `more` counts, slot by slot. */
export function addSlots(latency: number[], more: readonly number[]): void {
  const slots = Math.min(more.length, slotCount);
  for (let slot = 0; slot < slots; slot += 1) addToSlot(latency, slot, more[slot] ?? 0);
}

/**
 * Histograms are stored as one number in which each slot has twelve decimal digits, the first slot the last twelve: the
 * database adds slots by adding numbers, and stores no empty slots at either end.
 */
const digitsOfSlot = 12;

export function packSlots(latency: readonly number[]): string {
  const digits = latency.toReversed().map((count) => String(count).padStart(digitsOfSlot, "0"));
  return digits.join("").replace(/^0+/, "") || "0";
}

export function unpackSlots(packed: string): number[] {
  const latency: number[] = [];
  for (let end = packed.length; end > 0; end -= digitsOfSlot) {
    latency.push(Number(packed.slice(Math.max(0, end - digitsOfSlot), end)));
  }
  return packed === "0" ? [] : latency;
}
