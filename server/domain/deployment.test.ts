import fc from "fast-check";
import { expect, test } from "vitest";
import {
  cancelRefusal,
  type DeploymentEvent,
  type DeploymentState,
  deploymentStatuses,
  isFinished,
  mayHappen,
  stateAfter,
  stepStatuses,
  transitions,
  wayOn,
} from "./deployment.ts";

const events = Object.keys(transitions) as DeploymentEvent[];
const requested: DeploymentState = { status: "queued", hasSwitched: false, cancelRequested: false };
const keyOf = (state: DeploymentState) => JSON.stringify(state);

function reachableFrom(start: DeploymentState, allowed: readonly DeploymentEvent[]): DeploymentState[] {
  const found = new Map([[keyOf(start), start]]);
  for (const state of found.values()) {
    for (const event of allowed) {
      if (!mayHappen(event, state)) continue;
      const next = stateAfter(event, state);
      found.set(keyOf(next), next);
    }
  }
  return [...found.values()];
}

const reachable = reachableFrom(requested, events);

test("what is over stays as it is, and a way to an end leads from everything else, without a person", () => {
  const withoutPeople: DeploymentEvent[] = ["claim", "switch", "succeed", "fail", "finishCancel"];
  for (const state of reachable) {
    const next = events.filter((event) => mayHappen(event, state));
    if (isFinished(state.status)) expect(next).toEqual([]);
    else expect(reachableFrom(state, withoutPeople).some(({ status }) => isFinished(status))).toBe(true);
  }
});

test("what has switched can only succeed, and nothing succeeds that has not", () => {
  for (const state of reachable) {
    const after = reachableFrom(state, events).map(({ status }) => status);
    if (state.hasSwitched) expect(["running", "succeeded"]).toEqual(expect.arrayContaining(after));
    if (state.status === "succeeded") expect(state.hasSwitched).toBe(true);
    if (state.cancelRequested) expect(after).not.toContain("succeeded");
  }
});

const moment = fc.option(fc.date(), { nil: null });

test("a cancel is refused in words exactly where no event cancels", () => {
  const rows = fc.record({
    status: fc.constantFrom(...deploymentStatuses),
    switchedAt: moment,
    cancelRequestedAt: moment,
  });
  fc.assert(
    fc.property(rows, (row) => {
      const state = {
        status: row.status,
        hasSwitched: row.switchedAt !== null,
        cancelRequested: row.cancelRequestedAt !== null,
      };
      const cancels = (["cancelQueued", "requestCancel"] as const).some((event) => mayHappen(event, state));
      expect(cancelRefusal(row) === null).toBe(cancels);
    }),
  );
});

test("a lost worker's deployment always has a way on that its state allows, and no second run of what may run once", () => {
  const interruptions = fc.record({
    state: fc.constantFrom(...reachable.filter(({ status }) => status === "running")),
    attempts: fc.integer({ min: 1, max: 50 }),
    isLost: fc.boolean(),
    migrate: fc.record({ status: fc.constantFrom(...stepStatuses), isRepeatable: fc.boolean() }),
    start: fc.record({ status: fc.constantFrom(...stepStatuses), isRepeatable: fc.boolean() }),
  });
  fc.assert(
    fc.property(interruptions, ({ state, ...facts }) => {
      const { event } = wayOn({ ...state, ...facts });
      expect(mayHappen(event, state)).toBe(true);
      if (event !== "requeue") return;
      expect(facts.attempts).toBeLessThan(10);
      for (const { status, isRepeatable } of [facts.migrate, facts.start])
        expect(status === "running" && !isRepeatable).toBe(false);
    }),
  );
});
