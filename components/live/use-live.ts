"use client";
import { useContext, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { LiveMessage, LiveStatus } from "./live-event.ts";
import { LiveContext } from "./live-provider.tsx";

/**
 * Calls back for each change of these topics, and with "resync" after each (re)connection: then ask for all again.
 * Outside of `LiveProvider` nothing comes.
 */
export function useLive(topics: readonly string[], callback: (message: LiveMessage) => void): void {
  const hub = useContext(LiveContext);
  const wanted = topics.join(" ");
  const onMessage = useEffectEvent(callback);
  useEffect(() => {
    if (hub === null) return;
    const names = new Set(wanted.split(" "));
    return hub.subscribe((message) => {
      if (message === "resync" || names.has(message.topic)) onMessage(message);
    });
  }, [hub, wanted]);
}

const nothing = () => () => undefined;
const connecting = (): LiveStatus => "connecting";

export function useLiveStatus(): LiveStatus {
  const hub = useContext(LiveContext);
  return useSyncExternalStore(hub?.subscribeToStatus ?? nothing, hub?.status ?? connecting, connecting);
}
