import { connect, type Socket } from "node:net";

export interface SubscriberEvents {
  /** What came whole; the same array for everybody who was sent the same bytes. */
  onEvents(subscriber: Subscriber, ids: readonly string[]): void;
  onReset(subscriber: Subscriber): void;
  onOpen(): void;
}

/** Until the stream itself asks for another. */
const firstRetryMs = 2_000;
const headers = "Host: localhost\r\nAccept: text/event-stream\r\n";
/** One for all: each read is done with before the next. */
const buffer = Buffer.alloc(256 * 1024);
let newest = parse("");

/** A reader of the live feed, as lean as can be: a plain socket that comes back by itself, from the event it had last. */
export class Subscriber {
  readonly number: number;
  private readonly address: string;
  private readonly port: number;
  private readonly events: SubscriberEvents;
  private socket: Socket | null = null;
  private lastId: string | null = null;
  private retryMs = firstRetryMs;
  private rest = "";
  private isOpen = false;

  constructor(number: number, port: number, events: SubscriberEvents) {
    this.number = number;
    // Of one network only so many are let in.
    this.address = `127.0.0.${2 + (number % 16)}`;
    this.port = port;
    this.events = events;
  }

  open(): void {
    const { address: localAddress, port } = this;
    this.rest = "";
    this.isOpen = false;
    const onread = { buffer, callback: (bytes: number) => this.read(bytes) };
    const socket = connect({ host: "127.0.0.1", port, localAddress, onread, noDelay: true });
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.once("connect", () => {
      const last = this.lastId === null ? "" : `Last-Event-ID: ${this.lastId}\r\n`;
      socket.write(`GET /api/feed/live HTTP/1.1\r\n${headers}${last}\r\n`);
    });
    socket.once("close", () => {
      if (this.socket === socket) setTimeout(() => this.open(), this.retryMs);
    });
  }

  leave(): void {
    const { socket } = this;
    this.socket = null;
    socket?.destroy();
  }

  private read(bytes: number): boolean {
    const text = this.rest + buffer.toString("latin1", 0, bytes);
    // A whole event is only ever followed by the frame of the next chunk.
    const end = text.lastIndexOf("\n\n") + 2;
    this.rest = end === 1 ? text : text.slice(end);
    if (end > 1) this.take(text.slice(0, end));
    // An answer that ends leaves its connection open.
    if (this.rest.endsWith("\r\n0\r\n\r\n")) this.socket?.destroy();
    return true;
  }

  private take(text: string): void {
    if (!this.isOpen) {
      if (!text.startsWith("HTTP/1.1 200 ")) return void this.socket?.destroy();
      this.isOpen = true;
      this.retryMs = Number(/^retry: (\d+)$/m.exec(text)?.[1] ?? firstRetryMs);
      this.events.onOpen();
    }
    if (newest.text !== text) newest = parse(text);
    const { ids, lastId, hasReset } = newest;
    if (hasReset) this.events.onReset(this);
    this.lastId = lastId ?? this.lastId;
    if (ids.length > 0) this.events.onEvents(this, ids);
  }
}

/** A ping has an id, too: what one has been told of by then. */
function parse(text: string) {
  const told = [...text.matchAll(/^(?:id: ([0-9a-f-]{36})\n)?event: (\w+)$/gm)].map(([, id, name]) => ({
    id,
    name,
  }));
  return {
    text,
    ids: told.flatMap(({ id, name }) => (name === "ping" || id === undefined ? [] : [id])),
    lastId: told.findLast(({ id }) => id !== undefined)?.id ?? null,
    hasReset: told.some(({ name }) => name === "reset"),
  };
}
