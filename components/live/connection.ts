import { type LiveEvent, parseLiveEvent } from "./live-event.ts";

/** The server pings each 15 s; a line that is silent for longer than this is dead, whatever the socket says. */
const silenceMs = 40_000;
const firstRetryMs = 500;
const lastRetryMs = 15_000;

export type ConnectionEvents = {
  onOpen: () => void;
  onChange: (event: LiveEvent) => void;
  onResync: () => void;
  onPing: () => void;
  onLost: () => void;
};

/** Holds one event stream open, for good: a lost one is opened again, sooner at first. Returns how to end it. */
export function holdConnection(url: string, events: ConnectionEvents): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function expectWithin(durationMs: number, otherwise: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(otherwise, durationMs);
  }
  function heard(): void {
    expectWithin(silenceMs, lose);
  }
  function lose(): void {
    source?.close();
    source = null;
    events.onLost();
    const waitMs = Math.min(lastRetryMs, firstRetryMs * 2 ** failures) * (0.75 + Math.random() / 2);
    failures += 1;
    expectWithin(waitMs, open);
  }
  function open(): void {
    source?.close();
    source = new EventSource(url);
    source.onopen = () => {
      failures = 0;
      heard();
      events.onOpen();
    };
    source.onerror = lose;
    source.addEventListener("change", (message) => {
      heard();
      const event = parseLiveEvent(message.data);
      if (event !== null) events.onChange(event);
    });
    source.addEventListener("resync", () => {
      heard();
      events.onResync();
    });
    source.addEventListener("ping", () => {
      heard();
      events.onPing();
    });
    heard();
  }

  window.addEventListener("online", open);
  open();
  return () => {
    window.removeEventListener("online", open);
    clearTimeout(timer);
    source?.close();
  };
}
