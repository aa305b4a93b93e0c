/** Calls `tell` at once for a key that was quiet, and at most every `everyMs` for one that is not; the last is never lost. */
export function throttleByKey(
  everyMs: number,
  tell: (key: string) => void,
): { push(key: string): void; stop(): void } {
  const waiting = new Map<string, { timer: NodeJS.Timeout; isDue: boolean }>();
  const open = (key: string) => {
    tell(key);
    const timer = setTimeout(() => {
      const isDue = waiting.get(key)?.isDue === true;
      waiting.delete(key);
      if (isDue) open(key);
    }, everyMs);
    waiting.set(key, { timer, isDue: false });
  };
  return {
    push(key) {
      const current = waiting.get(key);
      if (current === undefined) open(key);
      else current.isDue = true;
    },
    stop() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
