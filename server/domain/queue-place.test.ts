import fc from "fast-check";
import { expect, test } from "vitest";
import { type InQueue, queuePlace } from "./queue-place.ts";
import type { WorkerFit } from "./worker-fit.ts";

const nowMs = new Date("2026-11-25T14:05:00Z").getTime();
const free: WorkerFit = { state: "free", text: "A worker has room.", roomWithinMs: 0 };
const absent: WorkerFit = { state: "absent", text: "No worker is alive.", roomWithinMs: null };
const one = (id: number, rest: Partial<InQueue> = {}): InQueue => ({
  ...{ id, serviceEnvironmentId: 1, serviceSlug: "shop", environmentSlug: "staging", kind: "deploy" },
  ...{ status: "queued", startedAt: null, expectedMs: 60_000 },
  ...{
    requestedAt: `2026-11-25T14:00:${String(id).padStart(2, "0")}Z`,
    scheduledFor: null,
    scheduleReachedAt: null,
  },
  ...rest,
});
const running = one(1, { status: "running", startedAt: "2026-11-25T14:04:20Z" });

test("it stands behind the one right before it, and waits for all before it", () => {
  const [first, second] = [one(2), one(3)];
  const elsewhere = one(0, { serviceEnvironmentId: 2 });
  const active = [elsewhere, second, first, running];
  expect(queuePlace(first, active, { fit: free, holds: [], nowMs })).toEqual({
    position: 1,
    ahead: { id: 1, kind: "deploy" },
    waitingFor: "Deployment 1 (deploy) goes first.",
    waitsUpToMs: 20_000,
  });
  expect(queuePlace(second, active, { fit: free, holds: [], nowMs })).toMatchObject({
    position: 2,
    ahead: { id: 2 },
    waitsUpToMs: 80_000,
  });
});

test("a switch-back overtakes all that wait, and nothing that runs", () => {
  const back = one(4, { kind: "switch-back" });
  const active = [running, one(2), back];
  expect(queuePlace(back, active, { fit: free, holds: [], nowMs })).toMatchObject({
    position: 1,
    ahead: { id: 1 },
  });
  expect(queuePlace(one(2), active, { fit: free, holds: [], nowMs })).toMatchObject({
    position: 2,
    ahead: { id: 4 },
  });
});

test("with nothing before it the workers decide; what none can take is said whoever goes first", () => {
  const busy: WorkerFit = { state: "busy", text: "All are full.", roomWithinMs: 5_000 };
  expect(queuePlace(one(2), [one(2)], { fit: busy, holds: [], nowMs })).toMatchObject({
    ahead: null,
    waitingFor: "All are full.",
    waitsUpToMs: 5_000,
  });
  expect(queuePlace(one(2), [running, one(2)], { fit: absent, holds: [], nowMs })).toMatchObject({
    waitingFor: "Deployment 1 (deploy) goes first. No worker is alive.",
    waitsUpToMs: null,
  });
});

test("one whose like never ran before makes the wait unknown", () => {
  const unknown = one(1, { status: "running", expectedMs: null });
  expect(queuePlace(one(2), [unknown, one(2)], { fit: free, holds: [], nowMs }).waitsUpToMs).toBeNull();
});

test("one that waits for its time stands in nobody's way, and then behind those that waited", () => {
  const later = one(2, { scheduledFor: "2026-11-25T20:00:00Z" });
  const facts = { fit: free, holds: [], nowMs };
  expect(queuePlace(later, [running, later], facts)).toMatchObject({ position: null, ahead: null });
  expect(queuePlace(one(3), [later, one(3)], facts)).toMatchObject({ position: 1, ahead: null });
  const reached = { ...later, scheduleReachedAt: "2026-11-25T14:04:00Z" };
  expect(queuePlace(reached, [reached, one(3)], facts)).toMatchObject({ position: 2, ahead: { id: 3 } });
});

const inQueueArbitrary = fc.record({
  serviceEnvironmentId: fc.constantFrom(1, 2),
  kind: fc.constantFrom("deploy" as const, "switch-back" as const),
});

test("in each service environment the positions are 1 to n, each behind the one before", () => {
  fc.assert(
    fc.property(fc.array(inQueueArbitrary, { maxLength: 12 }), (rows) => {
      const active = rows.map((row, index) => one(index + 1, row));
      for (const here of Object.values(Object.groupBy(active, (row) => row.serviceEnvironmentId))) {
        const places = (here ?? [])
          .map((row) => ({ id: row.id, ...queuePlace(row, active, { fit: free, holds: [], nowMs }) }))
          .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
        expect(places.map(({ position }) => position)).toEqual(places.map((_, index) => index + 1));
        expect(places.map(({ ahead }) => ahead?.id)).toEqual([
          undefined,
          ...places.slice(0, -1).map(({ id }) => id),
        ]);
      }
    }),
  );
});
