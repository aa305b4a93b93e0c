import type { Outcome } from "./open-world.ts";
import { isRefused, type UnreliableReceiver } from "./unreliable-receiver.ts";

/** A table for people and, last, one line of JSON. True where the bars are met. */
export function printReport(run: {
  seed: number;
  seconds: number;
  outcome: Outcome;
  receiver: UnreliableReceiver;
}): boolean {
  const { seed, seconds, outcome, receiver } = run;
  const { deliveries, states, rounds, gone, virtualHours } = outcome;
  const { delivered = 0, dead = 0, waiting = 0 } = states;
  // What the receiver has taken, and what it would never take: everything else is lost, whatever the database says.
  const refused = [...receiver.names.values()].flatMap((ids) => [...ids]).filter(isRefused).length;
  const lost = deliveries - receiver.taken.length - refused + Math.abs(delivered - receiver.taken.length);
  const outOfOrder = countOutOfOrder(outcome, receiver);
  const renamed = [...receiver.names.values()].filter((ids) => ids.size > 1).length;
  print("Deliveries that were promised", deliveries);
  print("Delivered", delivered);
  print("Undelivered, as they were refused for good", `${dead} (${refused} refused)`);
  print("Still waiting", waiting);
  print("Lost", lost);
  print("Out of order", outOfOrder);
  print("Repeats under a new name", renamed);
  print("Requests", receiver.requests);
  for (const [kind, count] of Object.entries(receiver.failures)) print(`  ${kind}`, count);
  print("Monitors gone before they wrote the outcome", gone);
  print("Rounds", `${rounds} over ${virtualHours.toFixed(1)} h of the injected clock`);
  print("Took", `${seconds.toFixed(1)} s, ${Math.round(receiver.requests / seconds)} requests a second`);
  console.log(
    JSON.stringify({
      bench: "broadcast",
      seed,
      deliveries,
      delivered,
      dead,
      lost,
      out_of_order: outOfOrder,
      repeats_with_new_id: renamed,
      requests: receiver.requests,
      monitors_gone: gone,
      seconds: Math.round(seconds),
    }),
  );
  return lost === 0 && outOfOrder === 0 && renamed === 0 && dead === refused && deliveries >= 10_000;
}

/** In each channel, what was taken first must not have been committed later. */
function countOutOfOrder({ order }: Outcome, { taken }: UnreliableReceiver): number {
  const places = new Map(order.map((fact, place) => [fact, place]));
  const last = new Map<string, number>();
  let outOfOrder = 0;
  for (const { channel, fact } of taken) {
    const place = places.get(fact.slice(channel.length + 1)) ?? -1;
    if (place <= (last.get(channel) ?? -1)) outOfOrder += 1;
    last.set(channel, place);
  }
  return outOfOrder;
}

function print(label: string, value: string | number): void {
  console.log(`${label.padEnd(46)} ${value}`);
}
