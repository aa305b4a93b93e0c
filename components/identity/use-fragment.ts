"use client";
import { useSyncExternalStore } from "react";

/** What stands behind the `#`, which only the browser can read; null until it has. */
export function useFragment(): string | null {
  return useSyncExternalStore(subscribe, read, () => null);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

function read(): string {
  return window.location.hash.slice(1);
}
