import { contendByLease } from "./leadership-by-lease.ts";
import { contendByLock } from "./leadership-by-lock.ts";

/** `steal` takes the lead from a tab that no longer answers; `stop` gives it up. */
export type Leadership = { steal: () => void; stop: () => void };

/**
 * One tab of this browser leads at any time; `onChange` tells this tab when it begins and ceases to.
 * Web Locks exist on https and localhost only, so plain http has a lease in localStorage instead.
 */
export function contendForLead(name: string, onChange: (isLeader: boolean) => void): Leadership {
  if (navigator.locks !== undefined) return contendByLock(name, onChange);
  return contendByLease(name, onChange);
}
