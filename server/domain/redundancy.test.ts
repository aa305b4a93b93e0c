import fc from "fast-check";
import { expect, test } from "vitest";
import { type RedundancyFacts, redundancyOf } from "./redundancy.ts";

const spread: RedundancyFacts = {
  instances: [{ workerName: "one" }, { workerName: "two" }],
  workerNames: ["one", "two"],
  workerLabel: null,
  routers: [{ host: "here" }, { host: "there" }],
  isDatabaseEmbedded: false,
  startMs: null,
};
const kindsOf = (facts: Partial<RedundancyFacts>) =>
  redundancyOf({ ...spread, ...facts })?.weakPoints.map(({ kind }) => kind);

test("where everything is there twice there is nothing to say, and where nothing is live nothing can fail", () => {
  expect(redundancyOf(spread)).toEqual({
    summary: "No single point of failure that the portal can see",
    weakPoints: [],
  });
  expect(redundancyOf({ ...spread, instances: [] })).toBeNull();
});

test("each thing that is there once is named with what its death does and what mends it", () => {
  expect(kindsOf({ instances: [{ workerName: "one" }] })).toEqual(["instance"]);
  expect(kindsOf({ instances: [{ workerName: "one" }, { workerName: "one" }] })).toEqual(["machine"]);
  expect(kindsOf({ workerNames: ["one"] })).toEqual(["worker"]);
  expect(kindsOf({ workerNames: [] })).toEqual(["worker"]);
  expect(kindsOf({ routers: [] })).toEqual(["router"]);
  expect(kindsOf({ routers: [{ host: "here" }] })).toEqual(["router"]);
  expect(kindsOf({ routers: [{ host: "here" }, { host: "here" }] })).toEqual(["router"]);
  expect(kindsOf({ isDatabaseEmbedded: true })).toEqual(["database"]);
});

test("the summary counts them in one line", () => {
  const facts = { ...spread, instances: [{ workerName: "one" }], routers: [{ host: "here" }] };
  expect(redundancyOf(facts)?.summary).toBe("One instance, one router: 2 single points of failure");
  expect(redundancyOf({ ...spread, routers: [] })?.summary).toBe("No router: 1 single point of failure");
});

test("several routers of one machine are more than one, and less than two machines", () => {
  const [point] =
    redundancyOf({ ...spread, routers: [{ host: "here" }, { host: "here" }] })?.weakPoints ?? [];
  expect(point?.title).toBe("Routers on one machine");
  expect(point?.effect).toBe(
    "One of the 2 may die. If here does, no service can be reached until it is back.",
  );
});

test("a time is named only where one is known", () => {
  const alone = { ...spread, instances: [{ workerName: "one" }] };
  expect(redundancyOf(alone)?.weakPoints[0]?.effect).toBe("If it dies, requests fail until it is back.");
  expect(redundancyOf({ ...alone, startMs: 3_000 })?.weakPoints[0]?.effect).toBe(
    "If it dies, requests fail until it is back: about 3.0 s, as the last starts took.",
  );
});

test("what is asked of workers is asked of another, too", () => {
  const [point] = redundancyOf({ ...spread, workerNames: ["one"], workerLabel: "gpu" })?.weakPoints ?? [];
  expect(point?.mend).toContain("`ANYTIME_WORKER_LABELS=gpu`");
});

const factsArbitrary: fc.Arbitrary<RedundancyFacts> = fc.record({
  instances: fc.array(fc.record({ workerName: fc.constantFrom("one", "two") }), {
    minLength: 1,
    maxLength: 4,
  }),
  workerNames: fc.uniqueArray(fc.constantFrom("one", "two", "three")),
  workerLabel: fc.constantFrom(null, "gpu"),
  routers: fc.array(fc.record({ host: fc.constantFrom("here", "there") }), { maxLength: 3 }),
  isDatabaseEmbedded: fc.boolean(),
  startMs: fc.option(fc.nat({ max: 100_000 })),
});

test("more of anything never makes more weak points, and the summary counts what is listed", () => {
  fc.assert(
    fc.property(factsArbitrary, (facts) => {
      const count = (changed: Partial<RedundancyFacts>) =>
        redundancyOf({ ...facts, ...changed })?.weakPoints.length ?? 0;
      expect(count({ routers: [...facts.routers, { host: "more" }] })).toBeLessThanOrEqual(count({}));
      expect(count({ workerNames: [...facts.workerNames, "more"] })).toBeLessThanOrEqual(count({}));
      const instances = [...facts.instances, { workerName: "more" }];
      expect(count({ instances })).toBeLessThanOrEqual(count({}));
      const redundancy = redundancyOf(facts);
      if (count({}) > 0) expect(redundancy?.summary).toContain(`: ${count({})} single point`);
      for (const point of redundancy?.weakPoints ?? []) {
        expect(point.effect).toMatch(/\.$/);
        expect(point.mend).toMatch(/\.$/);
      }
    }),
  );
});
