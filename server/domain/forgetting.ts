/** Which workers and routers an operator may take off the lists: those that are gone. */

/** Null where the worker can be forgotten. */
export function forgetWorkerRefusal(worker: {
  name: string;
  isAlive: boolean;
  running: readonly unknown[];
}): string | null {
  const { name } = worker;
  if (worker.isAlive) return `${name} is alive. Stop it first.`;
  if (worker.running.length > 0) {
    return `What ${name} ran has not passed on to another worker yet. It takes some seconds.`;
  }
  return null;
}

/** Null where the router can be forgotten. */
export function forgetRouterRefusal(router: { name: string; isAlive: boolean }): string | null {
  if (!router.isAlive) return null;
  return `The router ${router.name} is alive, and would be back within seconds. Stop it first.`;
}
