"use client";
import { useMemo, useSyncExternalStore } from "react";
import { formatLineRange, type LineRange, parseLineRange } from "./line-range.ts";

/** The lines that the address names, and a way to name others without a new entry in the history. */
export function useLineRange(): [LineRange | null, (range: LineRange) => void] {
  const hash = useSyncExternalStore(
    subscribe,
    () => window.location.hash,
    () => "",
  );
  const range = useMemo(() => parseLineRange(hash), [hash]);
  return [range, setRange];
}

function setRange(range: LineRange): void {
  window.history.replaceState(window.history.state, "", formatLineRange(range));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}
