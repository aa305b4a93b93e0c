import { type Ask, type Checked, mostLatencyMs, type Told } from "./messages.ts";
import { Subscriber } from "./subscriber.ts";

/** A process of many readers. All clocks are the machine's own, which goes on evenly. */

const count = Number(process.env.BENCH_SUBSCRIBERS);
const port = Number(process.env.BENCH_PORT);
const connectAtOnce = 100;
const mostEvents = 2_000;

const numbers = new Map<string, number>();
const heardNumbers = new Uint16Array(count * mostEvents);
const heardAtMs = new Float64Array(count * mostEvents);
const heard = new Uint32Array(count);
let opened = 0;
let resets = 0;

const subscribers = Array.from(
  { length: count },
  (_, number) =>
    new Subscriber(number, port, {
      onOpen() {
        opened += 1;
      },
      onReset() {
        resets += 1;
      },
      onEvents(subscriber, ids) {
        const now = nowMs();
        for (const id of ids) note(subscriber.number, id, now);
      },
    }),
);

function note(subscriber: number, id: string, now: number): void {
  let number = numbers.get(id);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(id, number);
  }
  const place = heard[subscriber] ?? 0;
  if (place === mostEvents) throw new Error("More events came than there is room for.");
  heardNumbers[subscriber * mostEvents + place] = number;
  heardAtMs[subscriber * mostEvents + place] = now;
  heard[subscriber] = place + 1;
}

/** The same in every process of the machine. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What each of them has heard, against all that was to be heard, in its order. */
function check(expected: Extract<Ask, { type: "check" }>["expected"]): Checked {
  const places = new Map(expected.map(({ id }, place) => [numbers.get(id), place]));
  const latencies = { steady: emptyLatencies(), interrupted: emptyLatencies() };
  const checked = { lost: 0, disordered: 0, repeated: 0, unexpected: 0, resets };
  for (let subscriber = 0; subscriber < count; subscriber += 1) {
    const seen = new Set<number>();
    let last = -1;
    for (
      let index = subscriber * mostEvents;
      index < subscriber * mostEvents + (heard[subscriber] ?? 0);
      index += 1
    ) {
      const place = places.get(heardNumbers[index]);
      const event = place === undefined ? undefined : expected[place];
      if (place === undefined || event === undefined) checked.unexpected += 1;
      else if (seen.has(place)) checked.repeated += 1;
      else {
        if (place < last) checked.disordered += 1;
        last = Math.max(last, place);
        seen.add(place);
        const { counts } = latencies[event.isSteady ? "steady" : "interrupted"];
        const latencyMs = Math.max(0, Math.round((heardAtMs[index] ?? 0) - event.committedAtMs));
        const slot = Math.min(latencyMs, mostLatencyMs);
        counts[slot] = (counts[slot] ?? 0) + 1;
      }
    }
    checked.lost += expected.length - seen.size;
  }
  return { ...checked, steady: latencies.steady.counts, interrupted: latencies.interrupted.counts };
}

function emptyLatencies() {
  return { counts: Array.from({ length: mostLatencyMs + 1 }, () => 0) };
}

const tell = (told: Told) => process.send?.(told);

async function openAll(): Promise<void> {
  for (let first = 0; first < count; first += connectAtOnce) {
    const before = opened;
    const next = subscribers.slice(first, first + connectAtOnce);
    for (const subscriber of next) subscriber.open();
    while (opened < before + next.length) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

process.on("message", (ask: Ask) => {
  if (ask.type === "open") void openAll().then(() => tell({ type: "opened", opened }));
  if (ask.type === "count") tell({ type: "opened", opened });
  if (ask.type === "check") tell({ type: "checked", checked: check(ask.expected) });
  if (ask.type === "leave") {
    for (const subscriber of subscribers) subscriber.leave();
    process.exit(0);
  }
});
