"use client";
import { useCallback, useSyncExternalStore } from "react";

/** One timer for every age and duration on the page; it stops when the tab is hidden or nobody listens. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function tick(): void {
  for (const listener of listeners) listener();
}

function startOrStop(): void {
  const isWanted = listeners.size > 0 && document.visibilityState === "visible";
  if (isWanted && timer === null) {
    timer = setInterval(tick, 1_000);
    tick();
  } else if (!isWanted && timer !== null) {
    clearInterval(timer);
    timer = null;
  }
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) document.addEventListener("visibilitychange", startOrStop);
  listeners.add(listener);
  startOrStop();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) document.removeEventListener("visibilitychange", startOrStop);
    startOrStop();
  };
}

const subscribeToNothing = () => () => undefined;

/**
 * Milliseconds since 1970, renewed each time `stepMs` have passed; null while the server's page is taken over.
 * `stepMs` null stops it at the moment of the first use.
 */
export function useNow(stepMs: number | null): number | null {
  const step = stepMs ?? 1_000;
  const read = useCallback(() => Math.floor(Date.now() / step) * step, [step]);
  return useSyncExternalStore(stepMs === null ? subscribeToNothing : subscribe, read, readNothing);
}

function readNothing(): null {
  return null;
}
