import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** An answer in bytes, for what never becomes a request: it is refused before there is anything to answer with. */
export function answerSocket(
  socket: Duplex,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>>,
): void {
  socket.on("error", () => socket.destroy());
  if (!socket.writable) return void socket.destroy();
  const body = `${message}\n`;
  const all = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(body)),
    "Cache-Control": "no-store",
    Connection: "close",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines].join("\r\n");
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy());
}
