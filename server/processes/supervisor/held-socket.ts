import { lookup } from "node:dns/promises";
import * as net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { canSharePort } from "#server/kernel/env.ts";
import { UserError } from "#server/kernel/errors.ts";

/** What Node keeps inside a server: bound, and polled by nobody as long as it does not listen. */
interface SocketHandle {
  readonly fd: number;
  close(): void;
}

/** libuv's UV_TCP_REUSEPORT: a router that could not inherit the socket opens one of its own beside it. */
const reusePort = 2;
const handedOverMessage = "held-socket";
const handOverWithinMs = 5_000;

/**
 * The listening socket of this machine's routers. The supervisor holds it and takes nothing from it; each router
 * inherits it. Whoever connects while one of them dies waits for the others, or for its next life, instead of being reset.
 */
export class HeldSocket {
  readonly port: number;
  private readonly handle: SocketHandle;

  private constructor(handle: SocketHandle, port: number) {
    this.handle = handle;
    this.port = port;
  }

  /** Null where this platform or this Node.js cannot: each router then listens for itself. Throws UserError. */
  static async open(host: string, port: number): Promise<HeldSocket | null> {
    const create: unknown = Reflect.get(net, "_createServerHandle");
    if (!canSharePort || typeof create !== "function") return null;
    const { address, family } = await lookup(host);
    const handle: SocketHandle | number = create(address, port, family, -1, reusePort);
    if (typeof handle === "number") throw new UserError(`Port ${port} cannot be listened on (${handle}).`);
    return new HeldSocket(handle, port);
  }

  /** The one of the supervisor before this, which was restarted; null where there was none. */
  static async takeHandedOver(): Promise<HeldSocket | null> {
    if (process.env.ANYTIME_HANDED_OVER !== "1") return null;
    const told = Promise.withResolvers<HeldSocket | null>();
    const take = (message: unknown, handle: unknown) => {
      const port = portIn(message);
      if (port !== null && isHandle(handle)) told.resolve(new HeldSocket(handle, port));
    };
    process.on("message", take);
    const taken = await Promise.race([told.promise, delay(handOverWithinMs, null, { ref: false })]);
    // Whoever listens to the launcher stays alive for it.
    process.off("message", take);
    return taken;
  }

  get fd(): number {
    return this.handle.fd;
  }

  /** Leaves it with the launcher, for the next supervisor. Resolves once it has it, or will not. */
  async handOver(): Promise<void> {
    const { send } = process;
    if (send === undefined) return;
    const held = Promise.withResolvers<void>();
    process.once("message", () => held.resolve());
    send.call(process, { type: handedOverMessage, port: this.port }, this.handle as never);
    await Promise.race([held.promise, delay(handOverWithinMs, undefined, { ref: false })]);
  }

  close(): void {
    this.handle.close();
  }
}

function portIn(message: unknown): number | null {
  if (typeof message !== "object" || message === null) return null;
  const { type, port } = message as { type?: unknown; port?: unknown };
  return type === handedOverMessage && typeof port === "number" ? port : null;
}

function isHandle(handle: unknown): handle is SocketHandle {
  return typeof handle === "object" && handle !== null && "fd" in handle && "close" in handle;
}
