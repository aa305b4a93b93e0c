import fc from "fast-check";
import { expect, test } from "vitest";
import { type WorkerFacts, workerFit } from "./worker-fit.ts";

const now = new Date("2026-11-25T14:05:00Z");
const judge = (label: string | null, ...workers: Partial<WorkerFacts>[]) =>
  workerFit(
    label,
    workers.map((worker) => ({ isAlive: true, labels: [], capacity: 1, running: [], ...worker })),
    now.getTime(),
  );
const runs = (startedAt: string, expectedMs: number | null = null) => ({ startedAt, expectedMs });

test("without a worker alive it says so, and what label one would need", () => {
  expect(judge(null)).toEqual({
    state: "absent",
    text: "No worker is alive. It starts as soon as one is.",
    roomWithinMs: null,
  });
  expect(judge("gpu", { isAlive: false, labels: ["gpu"] }).text).toBe(
    "No worker is alive. It starts as soon as one with the label `gpu` is.",
  );
});

test("a label that nobody has is named beside those that there are", () => {
  expect(judge("gpu", { labels: ["linux", "arm64"] }, { labels: ["arm64"] })).toMatchObject({
    state: "absent",
    text:
      "No worker with the label `gpu` is alive. Labels of those that are alive: `arm64`, `linux`. " +
      "Start one with `ANYTIME_WORKER_LABELS=gpu`, or ask for another label in the service's settings.",
  });
  expect(judge("gpu", {}).text).toContain("Those that are alive have no label.");
});

test("where all that may take it are full it says how many run, since when, and until when as far as is known", () => {
  const full = { capacity: 2, running: [runs("2026-11-25T14:00:00Z"), runs("2026-11-25T14:03:20Z")] };
  expect(judge(null, full)).toEqual({
    state: "busy",
    text:
      "The one worker that may take it is full: 2 deployments run since 14:03 UTC. " +
      "There is room as soon as one ends.",
    roomWithinMs: null,
  });
  const known = { running: [runs("2026-11-25T14:04:00Z", 90_000)] };
  expect(judge(null, full, known)).toMatchObject({
    text:
      "All 2 workers that may take it are full: 3 deployments run since 14:04 UTC. " +
      "One of them should end within 30.0 s.",
    roomWithinMs: 30_000,
  });
  const late = { running: [runs("2026-11-25T13:00:00Z", 90_000)] };
  expect(judge(null, late)).toMatchObject({
    text: "The one worker that may take it is full: 1 deployment runs since 13:00 UTC. It should end any moment.",
    roomWithinMs: 0,
  });
});

test("those that may not take it, and those that are gone, count for nothing", () => {
  const full = { labels: ["gpu"], running: [runs("2026-11-25T14:00:00Z")] };
  expect(judge("gpu", full, {}).state).toBe("busy");
  expect(judge("gpu", full, { isAlive: false, labels: ["gpu"] }).state).toBe("busy");
  expect(judge(null, full, {}).state).toBe("free");
});

const workerArbitrary: fc.Arbitrary<WorkerFacts> = fc.record({
  isAlive: fc.boolean(),
  labels: fc.subarray(["gpu", "arm64", "linux"]),
  capacity: fc.integer({ min: 1, max: 3 }),
  running: fc.array(
    fc.record({
      startedAt: fc.constantFrom("2026-11-25T14:00:00Z", "2026-11-25T14:04:00Z"),
      expectedMs: fc.option(fc.nat({ max: 600_000 })),
    }),
    { maxLength: 3 },
  ),
});

test("another worker never makes it worse, asking for less neither, and order is nothing", () => {
  const order = ["absent", "busy", "free"];
  fc.assert(
    fc.property(
      fc.array(workerArbitrary),
      workerArbitrary,
      fc.constantFrom("gpu", "arm64"),
      (all, more, label) => {
        const rank = (wanted: string | null, workers: WorkerFacts[]) =>
          order.indexOf(workerFit(wanted, workers, now.getTime()).state);
        expect(rank(label, [...all, more])).toBeGreaterThanOrEqual(rank(label, all));
        expect(rank(null, all)).toBeGreaterThanOrEqual(rank(label, all));
        expect(workerFit(label, all.toReversed(), now.getTime())).toEqual(
          workerFit(label, all, now.getTime()),
        );
      },
    ),
  );
});
