/**
 * The load of the switch bench, in a process of its own: saturated keep-alive connections, and beside them websockets,
 * event streams and slow requests that stay open over many switches. Counts everything that goes wrong.
 */
import { openEventStreams } from "./event-streams.ts";
import { saturateConnections } from "./saturated-connections.ts";
import { keepSlowRequestsGoing } from "./slow-requests.ts";
import type { LoadResult, Tally } from "./tally.ts";
import { openWebSockets } from "./web-sockets.ts";

const connections = 64;
const longLived = 16;
const slowAtOnce = 8;

const port = Number(process.argv[2]);
const host = process.argv[3] ?? "";
const tally: Tally = {
  requests: 0,
  failed: 0,
  failures: {},
  pools: {},
  fail(reason) {
    this.failed++;
    this.failures[reason] = (this.failures[reason] ?? 0) + 1;
  },
  serve(pool) {
    this.requests++;
    this.pools[pool] = (this.pools[pool] ?? 0) + 1;
  },
};
const target = { port, host, tally };

const saturated = saturateConnections(target, connections);
const slow = keepSlowRequestsGoing(target, slowAtOnce);
const sockets = await openWebSockets(target, longLived);
const streams = await openEventStreams(target, longLived);
process.send?.({ kind: "running" });

process.once("message", async () => {
  const slowRequests = await slow.stop();
  const websockets = await sockets.stop();
  const openStreams = await streams.stop();
  await saturated.stop();
  const { requests, failed, failures, pools } = tally;
  const result: LoadResult = {
    kind: "result",
    requests,
    failed,
    failures,
    pools,
    websockets,
    streams: openStreams,
    slowRequests,
  };
  process.send?.(result, () => process.exit(0));
});
process.on("disconnect", () => process.exit(0));
