import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";

/** A client that sends nothing of its body for this long is cut; an upload may otherwise take hours. */
const silentBodyMs = 60_000;
/** So is one that takes next to nothing of its answer for so long, though there is more of it. */
const stalledAnswerMs = 300_000;

/** Passes the body on as it comes, no faster than the instance takes it. */
export function pumpRequestBody(
  request: IncomingMessage,
  upstream: ClientRequest,
  { mostBytes, onSilence, onTooLarge }: { mostBytes: number; onSilence: () => void; onTooLarge: () => void },
): void {
  let bytes = 0;
  request.setTimeout(silentBodyMs, () => {
    // Silence is the instance's doing while the client is held back.
    if (request.isPaused()) request.socket.setTimeout(silentBodyMs);
    else onSilence();
  });
  const pass = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      request.off("data", pass);
      onTooLarge();
    } else if (!upstream.destroyed && !upstream.write(chunk)) request.pause();
  };
  request.on("data", pass);
  request.on("end", () => {
    request.socket.setTimeout(0);
    upstream.end();
  });
  upstream.on("drain", () => request.resume());
  // Nobody takes the rest: let it flow away, so that the connection can end in order.
  upstream.on("close", () => request.resume());
}

/** Passes the answer on as it comes, no faster than the client takes it; an answer cut short is cut short for the client. */
export function pumpResponseBody(answer: IncomingMessage, response: ServerResponse): void {
  let flushed = false;
  let stalled: NodeJS.Timeout | undefined;
  answer.on("data", (chunk) => {
    flushed = true;
    if (response.destroyed || response.write(chunk)) return;
    answer.pause();
    stalled = setTimeout(() => response.destroy(), stalledAnswerMs);
  });
  answer.on("end", () => {
    flushed = true;
    if (answer.rawTrailers.length > 0) response.addTrailers(pairs(answer.rawTrailers));
    response.end();
  });
  answer.on("error", () => response.destroy());
  response.on("drain", () => {
    clearTimeout(stalled);
    answer.resume();
  });
  response.on("close", () => clearTimeout(stalled));
  // A stream's headers must not wait for its first event.
  process.nextTick(() => {
    if (!flushed && !response.destroyed) response.flushHeaders();
  });
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : []));
}
