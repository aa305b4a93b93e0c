import { connect, type Socket } from "node:net";
import type { Target } from "./tally.ts";

/** Keep-alive connections that each send the next request the moment the last is answered. Raw, to spend little CPU. */
export function saturateConnections(target: Target, count: number): { stop(): Promise<void> } {
  const request = `GET /work?for=bench HTTP/1.1\r\nHost: ${target.host}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`;
  let stopping = false;
  const ended = Array.from({ length: count }, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect(target.port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.on("connect", () => socket.write(request));
    readAnswers(socket, (answer) => {
      count200(target, answer);
      if (stopping) socket.end();
      else socket.write(request);
    });
    socket.on("error", (error) => target.tally.fail(`connection: ${error.message}`));
    socket.on("close", () => {
      if (!stopping) target.tally.fail("connection: closed by the router");
      resolve();
    });
    return promise;
  });
  return {
    async stop() {
      stopping = true;
      await Promise.all(ended);
    },
  };
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
