"use client";
import { type QueryClient, type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLive } from "#components/live/use-live.ts";
import { useTRPC } from "./trpc.tsx";

const topics = [
  "queue",
  "deployment",
  "service",
  "service-environment",
  "commit-fact",
  "hold",
  "route",
  "router-acknowledgement",
  "worker",
  "cancel",
  "feed",
  "channel",
  "review",
  "incident",
];

/** Which answers each kind of news makes old: the one place that knows. */
function useAffectedKeys(): (topic: string) => QueryKey[] {
  const trpc = useTRPC();
  const deployments = [
    trpc.overview.matrix.pathKey(),
    trpc.services.get.pathKey(),
    trpc.deployments.get.pathKey(),
    trpc.deployments.list.pathKey(),
    trpc.instances.get.pathKey(),
    trpc.workers.list.pathKey(),
  ];
  const plans = [trpc.deployments.plan.pathKey()];
  const live = [
    ...deployments,
    ...plans,
    trpc.deployments.commits.pathKey(),
    trpc.services.waitingCommits.pathKey(),
    trpc.services.releases.pathKey(),
    trpc.releases.page.pathKey(),
    trpc.configurations.pathKey(),
    trpc.deployments.settings.pathKey(),
  ];
  const machines = [trpc.services.get.pathKey(), trpc.deployments.get.pathKey(), trpc.workers.list.pathKey()];
  const affected: Record<string, QueryKey[]> = {
    queue: [...deployments, ...plans],
    deployment: [...live, trpc.incidents.page.pathKey()],
    cancel: deployments,
    route: live,
    "service-environment": [...deployments, ...plans],
    feed: [trpc.feed.pathKey(), trpc.overview.matrix.pathKey()],
    channel: [trpc.channels.pathKey()],
    incident: [trpc.incidents.pathKey()],
    review: [trpc.reviews.pathKey(), trpc.deployments.get.pathKey()],
    hold: [trpc.holds.pathKey(), ...plans],
    "commit-fact": [...plans, trpc.deployments.commits.pathKey()],
    "router-acknowledgement": machines,
    worker: [...machines, ...plans],
    service: [
      trpc.services.pathKey(),
      trpc.configurations.pathKey(),
      trpc.overview.matrix.pathKey(),
      trpc.deployments.get.pathKey(),
      ...plans,
    ],
  };
  return (topic) => affected[topic] ?? [];
}

/** Keeps every answer on the page up to date by the event stream. Once, inside LiveProvider and DataProvider. */
export function LiveQueries(): null {
  const queryClient = useQueryClient();
  const [renewal] = useState(() => new Renewal(queryClient));
  const keysFor = useAffectedKeys();
  useLive(topics, (news) => {
    if (news === "resync") void queryClient.invalidateQueries();
    else for (const key of keysFor(news.topic)) void renewal.renew(key);
  });
  return null;
}

/** Calls back when the log of this deployment has grown, or the deployment has changed. */
export function useLogNews(deploymentId: number, onNews: () => void): void {
  useLive(["log", "deployment"], (news) => {
    if (news === "resync" || Number(news.id) === deploymentId) onNews();
  });
}

/** Calls back when this instance has printed more, or something has become of it. */
export function useOutputNews(instanceId: number, onNews: () => void): void {
  useLive(["instance-output", "route"], (news) => {
    if (news === "resync" || news.topic === "route" || Number(news.id) === instanceId) onNews();
  });
}

/** Asks again for what is on the page, one request at a time for each key, however fast the news comes. */
class Renewal {
  readonly #queryClient: QueryClient;
  readonly #running = new Map<string, { isStale: boolean }>();

  constructor(queryClient: QueryClient) {
    this.#queryClient = queryClient;
  }

  async renew(queryKey: QueryKey): Promise<void> {
    const name = JSON.stringify(queryKey);
    const running = this.#running.get(name);
    if (running !== undefined) {
      running.isStale = true;
      return;
    }
    const state = { isStale: true };
    this.#running.set(name, state);
    while (state.isStale) {
      // An answer that is on its way already may be older than the news.
      state.isStale = this.#queryClient.isFetching({ queryKey }) > 0;
      await this.#queryClient.invalidateQueries({ queryKey }, { cancelRefetch: false });
    }
    this.#running.delete(name);
  }
}
