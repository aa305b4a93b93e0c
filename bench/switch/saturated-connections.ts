import { connect, type Socket } from "node:net";
import type { Target } from "./tally.ts";

/** Keep-alive connections that each send the next request the moment the last is answered. Raw, to spend little CPU. */
export function saturateConnections(target: Target, count: number): { stop(): Promise<void> } {
  let stopping = false;
  const keepGoing = async () => {
    // Opened anew when closed, as nginx does on a reload: the load must not dwindle from switch to switch.
    while (!stopping) await useConnection(target, () => stopping);
  };
  const all = Promise.all(Array.from({ length: count }, keepGoing));
  return {
    async stop() {
      stopping = true;
      await all;
    },
  };
}

/** Resolves once the connection is closed, by either side. A request that this leaves without its answer has failed. */
function useConnection(target: Target, isStopping: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const request = `GET /work?for=bench HTTP/1.1\r\nHost: ${target.host}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`;
  const socket = connect(target.port, "127.0.0.1");
  let reason = "closed by the router";
  let underWay = false;
  const send = () => {
    if (!socket.writable) return;
    underWay = true;
    socket.write(request);
  };
  socket.setNoDelay(true);
  send();
  readAnswers(socket, (head) => {
    underWay = false;
    count200(target, head);
    if (isStopping() || /^connection: close\r?$/im.test(head)) socket.end();
    // The sockets are looked at once between the two: a close that came with the answer is seen before the next request.
    else setImmediate(() => setImmediate(send));
  });
  socket.on("error", (error) => {
    reason = error.message;
  });
  // Counted here alone, since an error is followed by a close.
  socket.on("close", () => {
    if (underWay) target.tally.fail(`connection: ${reason}`);
    resolve();
  });
  return promise;
}

function count200(target: Target, head: string): void {
  const pool = /^x-pool: (\w+)\r?$/im.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200 ")) target.tally.fail(head.slice(0, head.indexOf("\r\n")));
  else if (pool === undefined) target.tally.fail("no pool named");
  else target.tally.serve(pool);
}

function readAnswers(socket: Socket, onAnswer: (head: string) => void): void {
  let buffered = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    buffered += chunk;
    const headEnd = buffered.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    const head = buffered.slice(0, headEnd);
    const end = headEnd + 4 + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    if (buffered.length < end) return;
    buffered = buffered.slice(end);
    onAnswer(head);
  });
}
