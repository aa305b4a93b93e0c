import type { Socket } from "node:net";
import type { Destination } from "./find-route.ts";

/** Has the handshake wait until requests are let go. A client that leaves meanwhile is counted as one, and asks nobody. */
export function holdUpgrade(
  client: Socket,
  { service, target }: Destination,
  { pass, refuse, beganAt }: { pass(): void; refuse(): void; beganAt: number },
): void {
  // The end of a socket shows itself only to who reads; what has come before it stays where it is.
  const look = () => {
    if (client.readableLength === 0) client.read();
  };
  const end = () => client.destroy();
  const stop = () => {
    client.off("readable", look);
    client.off("end", end);
    client.off("close", left);
  };
  const left = () => {
    leave();
    service.count(null, { target, status: 0, isAborted: true, latencyMs: performance.now() - beganAt });
  };
  client.on("readable", look);
  client.once("end", end);
  client.once("close", left);
  const over = (then: () => void) => () => {
    stop();
    then();
  };
  const leave = service.hold({ go: over(pass), refuse: over(refuse) });
}
