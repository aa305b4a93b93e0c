import type { IncomingMessage, ServerResponse } from "node:http";
import { hasBody } from "./headers.ts";

/** How long a client that has its answer may go on sending what nobody wants. */
const restWithinMs = 5_000;

/**
 * Has the connection end after an answer that did not wait for the whole body, whose rest would be taken for the next
 * request. The rest is taken in for a moment: who closes on bytes that nobody read has the client's system throw the
 * answer away with them.
 */
export function endAfter(request: IncomingMessage, response: ServerResponse): void {
  if (!hasBody(request) || request.complete) return;
  response.shouldKeepAlive = false;
  const { socket } = request;
  // Called by Node once the answer is written.
  socket.destroySoon = () => {
    socket.end();
    request.resume();
    const cut = setTimeout(() => socket.destroy(), restWithinMs);
    socket.once("close", () => clearTimeout(cut));
  };
}
