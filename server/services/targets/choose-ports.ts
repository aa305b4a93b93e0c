import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { desc, eq, ne } from "drizzle-orm";
import { instances } from "#db/schema/traffic.ts";
import type { Context } from "#server/kernel/context.ts";
import { StepError } from "#server/kernel/errors.ts";

/** Below the range that the kernel takes for outgoing connections. */
const firstPort = 21_000;
const lastPort = 30_999;

const size = lastPort - firstPort + 1;

/** Chosen by this process, but perhaps not yet in a row that others see. */
const chosenLately = new Set<number>();

/**
 * Ports that no instance has and that can be bound now. It goes on from the worker's newest one, so that a port is not
 * given out again while somebody may still talk to its former owner. The first is a matter of `place`, a path of this
 * installation: another one on this machine, which sees none of these rows, begins elsewhere.
 */
export async function choosePorts(
  ctx: Context,
  { workerId, count, place }: { workerId: number; count: number; place: string },
): Promise<number[]> {
  const rows = await ctx.db
    .select({ port: instances.port })
    .from(instances)
    .where(ne(instances.status, "ended"));
  const taken = new Set(rows.map((row) => row.port));
  const [newest] = await ctx.db
    .select({ port: instances.port })
    .from(instances)
    .where(eq(instances.workerId, workerId))
    .orderBy(desc(instances.id))
    .limit(1);
  const chosen: number[] = [];
  for (let step = 1; step <= size && chosen.length < count; step += 1) {
    const port = firstPort + (((newest?.port ?? portOf(place)) - firstPort + step) % size);
    if (taken.has(port) || chosenLately.has(port)) continue;
    chosenLately.add(port);
    if (await canBeBound(port)) chosen.push(port);
    else chosenLately.delete(port);
  }
  if (chosen.length < count) {
    throw new StepError(`No ${count} ports between ${firstPort} and ${lastPort} are free on this machine.`);
  }
  return chosen;
}

/** The rows stand, or were given up: from here on they speak for themselves. */
export function releaseChoice(ports: number[]): void {
  for (const port of ports) chosenLately.delete(port);
}

function portOf(place: string): number {
  return firstPort + (createHash("sha256").update(place).digest().readUInt32BE(0) % size);
}

function canBeBound(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
