import { expect, test } from "vitest";
import type { Route } from "#server/services/traffic/route.ts";
import { DrainReports } from "./drain-reports.ts";
import { RequestCounter } from "./request-counter.ts";
import { ServiceRoute } from "./service-route.ts";

const route: Route = {
  ...{ serviceEnvironmentId: 1, serviceSlug: "hello", environmentSlug: "production", generation: 1 },
  ...{ livePool: "blue", candidatePool: null, candidateShare: 0, candidateSticky: null },
  ...{ heldUntilMs: null, drainUntilMs: null, mirror: null, isWatched: false, isElsewhere: false },
  ...{
    releases: { blue: 1, green: null, violet: null },
    ready: [],
    pools: { blue: [], green: [], violet: [] },
  },
};

function openService() {
  const counter = new RequestCounter();
  const nobody = { blue: [], green: [], violet: [] };
  const service = new ServiceRoute(route, nobody, {
    counter,
    heldTotal: { count: 0 },
    onDrained: () => undefined,
  });
  const went = { count: 0 };
  return {
    service,
    went,
    hold: (count: number) => {
      for (let number = 0; number < count; number += 1) {
        service.hold({ go: () => void went.count++, refuse: () => undefined });
      }
    },
    /** Held for so long from now; null ends it. */
    setHeld: (seconds: number | null) =>
      service.update(
        {
          ...service.route,
          generation: service.route.generation + 1,
          heldUntilMs: seconds === null ? null : counter.databaseMs() + seconds * 1_000,
        },
        nobody,
      ),
  };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test("who waited in one pause does not wait in the next, which has ended only once they are gone", async () => {
  const { service, went, hold, setHeld } = openService();
  setHeld(30);
  hold(120);
  setHeld(29);
  expect(went.count).toBeLessThan(120);
  expect(service.isHeld()).toBe(true);
  hold(1);
  expect(service.openWhileHeld()).toBe(120 - went.count);
  while (went.count < 120) await soon();
  await soon();
  expect(went.count).toBe(120);
  expect(service.openWhileHeld()).toBe(0);
  service.letGo();
  expect(went.count).toBe(121);
});

test("a router that ends holds nobody any more, whatever it is told", () => {
  const { service, went, hold, setHeld } = openService();
  setHeld(30);
  hold(1);
  service.letGo();
  expect(went.count).toBe(1);
  setHeld(30);
  expect(service.isHeld()).toBe(false);
});

test("a service is reported no more once the pause is over, while what is open to its live pool stays open", () => {
  const { service, setHeld } = openService();
  const reported: number[] = [];
  const reports = new DrainReports((services) => void reported.push(services.length));
  setHeld(30);
  service.open.blue += 1;
  reports.watch([service]);
  setHeld(null);
  reports.watch([service]);
  reports.ended(service);
  expect(reported).toEqual([]);
  reports.close();
});
