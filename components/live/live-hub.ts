import { holdConnection } from "./connection.ts";
import { contendForLead, type Leadership } from "./leadership.ts";
import type { LiveEvent, LiveMessage, LiveStatus } from "./live-event.ts";

/** What tabs tell each other. `hello` is a tab that came later and asks how things stand. */
type TabMessage =
  | { kind: "change"; event: LiveEvent }
  | { kind: "resync" | "ping" | "hello" }
  | { kind: "status"; status: LiveStatus };

const channelName = "anytime-live";
/** A leading tab that is silent for longer than this hangs: the lead is taken from it. */
const silentLeaderMs = 60_000;
const checkLeaderMs = 20_000;

/**
 * Server events for this tab. One tab of the browser leads: it alone holds the event stream and passes on what it
 * hears. Browsers allow about six connections to a host, so a stream for each tab would starve all others.
 */
export class LiveHub {
  readonly #url: string;
  readonly #listeners = new Set<(message: LiveMessage) => void>();
  readonly #statusListeners = new Set<() => void>();
  #status: LiveStatus = "connecting";
  #channel: BroadcastChannel | null = null;
  #leadership: Leadership | null = null;
  #disconnect: (() => void) | null = null;
  #heardAtMs = 0;
  #leaderCheck: ReturnType<typeof setInterval> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  start = (): void => {
    if (typeof BroadcastChannel === "undefined") {
      this.#lead();
      return;
    }
    this.#channel = new BroadcastChannel(channelName);
    this.#channel.onmessage = (event: MessageEvent<TabMessage>) => this.#hear(event.data);
    this.#follow();
    this.#leadership = contendForLead(channelName, (leads) => (leads ? this.#lead() : this.#follow()));
    this.#leaderCheck = setInterval(() => this.#checkLeader(), checkLeaderMs);
  };

  stop = (): void => {
    clearInterval(this.#leaderCheck);
    this.#disconnect?.();
    this.#disconnect = null;
    this.#leadership?.stop();
    this.#leadership = null;
    this.#channel?.close();
    this.#channel = null;
    this.#status = "connecting";
  };

  subscribe = (listener: (message: LiveMessage) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  status = (): LiveStatus => this.#status;

  subscribeToStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  };

  #lead(): void {
    this.#disconnect?.();
    this.#disconnect = holdConnection(this.#url, {
      onOpen: () => {
        this.#announce("connected");
        this.#resyncAll();
      },
      onChange: (event) => {
        this.#deliver(event);
        this.#tell({ kind: "change", event });
      },
      onResync: () => this.#resyncAll(),
      onPing: () => this.#tell({ kind: "ping" }),
      onLost: () => this.#announce("reconnecting"),
    });
  }

  #follow(): void {
    this.#disconnect?.();
    this.#disconnect = null;
    this.#heardAtMs = Date.now();
    this.#tell({ kind: "hello" });
  }

  #hear(message: TabMessage): void {
    if (message.kind === "hello") {
      if (this.#disconnect !== null) this.#tell({ kind: "status", status: this.#status });
      return;
    }
    this.#heardAtMs = Date.now();
    if (message.kind === "change") this.#deliver(message.event);
    else if (message.kind === "resync") this.#deliver("resync");
    else if (message.kind === "status") this.#hearStatus(message.status);
  }

  /** What happened before this tab knew of a working connection, it may have missed. */
  #hearStatus(status: LiveStatus): void {
    const isNews = status === "connected" && this.#status !== "connected";
    this.#setStatus(status);
    if (isNews) this.#deliver("resync");
  }

  #checkLeader(): void {
    if (this.#disconnect !== null || document.visibilityState !== "visible") return;
    if (Date.now() - this.#heardAtMs > silentLeaderMs) this.#leadership?.steal();
  }

  #announce(status: LiveStatus): void {
    this.#setStatus(status);
    this.#tell({ kind: "status", status });
  }

  #resyncAll(): void {
    this.#deliver("resync");
    this.#tell({ kind: "resync" });
  }

  #deliver(message: LiveMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  #setStatus(status: LiveStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#statusListeners) listener();
  }

  #tell(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }
}
