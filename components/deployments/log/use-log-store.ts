"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { LogStore, type ReadLog } from "./log-store.ts";

/** Lines that are read in ranges, and grow while they are looked at. Have `refresh` called for each piece of news. */
export function useLogStore(read: ReadLog, lineCount: number): LogStore {
  const [store] = useState(() => new LogStore(read, lineCount));
  useSyncExternalStore(
    store.subscribe,
    () => store.version,
    () => 0,
  );
  useEffect(() => void store.refresh(), [store]);
  return store;
}
