"use client";
import { createContext, type ReactNode, useEffect, useState } from "react";
import { paths } from "#components/paths.ts";
import { LiveHub } from "./live-hub.ts";

export const LiveContext = createContext<LiveHub | null>(null);

/** Once, around the portal. Listens while its page is shown or in the background, not while it sleeps in history. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [hub] = useState(() => new LiveHub(paths.live()));
  useEffect(() => {
    const wake = (event: PageTransitionEvent) => {
      if (event.persisted) hub.start();
    };
    hub.start();
    window.addEventListener("pagehide", hub.stop);
    window.addEventListener("pageshow", wake);
    return () => {
      window.removeEventListener("pagehide", hub.stop);
      window.removeEventListener("pageshow", wake);
      hub.stop();
    };
  }, [hub]);
  return <LiveContext value={hub}>{children}</LiveContext>;
}
