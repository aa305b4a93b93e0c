import type { Leadership } from "./leadership.ts";

/** Browsers slow the timers of hidden tabs down to one a minute: a lease has to outlive two of those. */
const leaseMs = 150_000;
const renewMs = 5_000;
/** Two tabs may write at once: the one whose name is still there after this long leads. */
const settleMs = 120;

/** For browsers without Web Locks. A tab that closes gives its lease up at once; a killed one keeps it a while. */
export function contendByLease(name: string, onChange: (isLeader: boolean) => void): Leadership {
  const me = Math.random().toString(36).slice(2);
  let isLeader = false;
  let settling: ReturnType<typeof setTimeout> | undefined;

  function holder(): string | null {
    const [tab, until] = (localStorage.getItem(name) ?? "").split(" ");
    return tab !== undefined && tab !== "" && Number(until) > Date.now() ? tab : null;
  }
  function claim(): void {
    localStorage.setItem(name, `${me} ${Date.now() + leaseMs}`);
  }
  function turn(leads: boolean): void {
    if (leads === isLeader) return;
    isLeader = leads;
    onChange(leads);
  }
  function settle(): void {
    turn(holder() === me);
  }
  function steal(): void {
    claim();
    clearTimeout(settling);
    settling = setTimeout(settle, settleMs);
  }
  function check(): void {
    const current = holder();
    if (current === null) steal();
    else if (current !== me) turn(false);
    else if (isLeader) claim();
  }
  function noticed(event: StorageEvent): void {
    if (event.key === name) check();
  }

  window.addEventListener("storage", noticed);
  const timer = setInterval(check, renewMs);
  check();
  return {
    steal,
    stop: () => {
      window.removeEventListener("storage", noticed);
      clearInterval(timer);
      clearTimeout(settling);
      if (holder() === me) localStorage.removeItem(name);
      isLeader = false;
    },
  };
}
