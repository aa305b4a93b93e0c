/** Lets so many run at once; the others wait in turn. */
export interface Slots {
  /** Waits for a slot, runs `work` in it and frees it. Throws the signal's reason where that comes first. */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function openSlots(atOnce: number): Slots {
  let free = atOnce;
  const waiting = new Set<() => void>();

  async function take(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      waiting.delete(resolve);
      reject(signal?.reason);
    };
    waiting.add(resolve);
    signal?.addEventListener("abort", onAbort, { once: true });
    // A slot that is given is taken: an abort that comes later is for the work itself.
    await promise.finally(() => signal?.removeEventListener("abort", onAbort));
  }

  function give(): void {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  }

  return {
    async run(work, signal) {
      await take(signal);
      try {
        return await work();
      } finally {
        give();
      }
    },
  };
}
