import type { Leadership } from "./leadership.ts";

/** The browser itself passes the lock on when its holder is closed, crashes or navigates away. */
export function contendByLock(name: string, onChange: (isLeader: boolean) => void): Leadership {
  let asking = new AbortController();
  let isStopped = false;
  let giveUp: () => void = () => undefined;

  function lead(): Promise<void> {
    if (isStopped) return Promise.resolve();
    onChange(true);
    return new Promise((resolve) => {
      giveUp = resolve;
    });
  }
  /** Ends when stopped, or robbed by another tab: then back to the end of the queue. */
  function ask(options: { steal: boolean }): void {
    asking.abort();
    const mine = new AbortController();
    asking = mine;
    const ended = () => {
      if (isStopped || asking !== mine) return;
      onChange(false);
      ask({ steal: false });
    };
    navigator.locks.request(name, options.steal ? options : { signal: mine.signal }, lead).then(ended, ended);
  }

  ask({ steal: false });
  return {
    steal: () => ask({ steal: true }),
    stop: () => {
      isStopped = true;
      asking.abort();
      giveUp();
    },
  };
}
