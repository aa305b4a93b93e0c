import { setTimeout as delay } from "node:timers/promises";
import { StepError } from "#server/kernel/errors.ts";

/** A command was not started, or ended while it was writing, with too little room on its disk. */
export class OutOfRoomError extends StepError {
  override name = "OutOfRoomError";
  readonly wasWriting: boolean;
  constructor(message: string, { wasWriting }: { wasWriting: boolean }) {
    super(message);
    this.wasWriting = wasWriting;
  }
}

/** Says why a command may not go on, in a sentence without its stop; null where it may. */
export type WhyNot = () => Promise<string | null>;

const lookEveryMs = 500;

export interface RoomWatch {
  /** Of the command: aborts when it may not go on. */
  signal: AbortSignal;
  /** Ends the watch; resolves with why the command had to end. */
  stop(): Promise<string | null>;
}

/** Looks while a command runs whether it may go on. `signal` is the run's own. */
export function watchRoom(whyNot: WhyNot, signal: AbortSignal | undefined): RoomWatch {
  const [short, stopped] = [new AbortController(), new AbortController()];
  const watched = watch(whyNot, short, stopped.signal);
  // An end by `stop` is no reason; any other failure is for whoever waits.
  watched.catch(() => undefined);
  return {
    signal: signal === undefined ? short.signal : AbortSignal.any([signal, short.signal]),
    stop() {
      stopped.abort();
      return watched;
    },
  };
}

async function watch(whyNot: WhyNot, short: AbortController, stopped: AbortSignal): Promise<string | null> {
  while (!stopped.aborted) {
    const why = await whyNot();
    if (why !== null && !stopped.aborted) {
      short.abort();
      return why;
    }
    await delay(lookEveryMs, undefined, { signal: stopped }).catch(() => undefined);
  }
  return null;
}
