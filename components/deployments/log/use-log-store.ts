"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useLogNews } from "#components/live-queries.ts";
import { useTRPCClient } from "#components/trpc.tsx";
import { LogStore } from "./log-store.ts";

/** The log of one deployment, read in ranges, growing while the deployment runs. */
export function useLogStore(deploymentId: number, lineCount: number): LogStore {
  const client = useTRPCClient();
  const [store] = useState(
    () =>
      new LogStore((range) => client.deployments.readLog.query({ id: deploymentId, ...range }), lineCount),
  );
  useSyncExternalStore(
    store.subscribe,
    () => store.version,
    () => 0,
  );
  useLogNews(deploymentId, () => void store.refresh());
  useEffect(() => void store.refresh(), [store]);
  return store;
}
