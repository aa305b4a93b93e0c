import fc from "fast-check";
import { expect, test } from "vitest";
import { deploymentKinds } from "./deployment.ts";
import { placeOf, shareText, whyNoShare } from "./shares.ts";

test("a visitor stands at one place, whatever the share", () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), (releaseId, visitor) => {
      const place = placeOf(releaseId, visitor);
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThan(1);
      expect(placeOf(releaseId, visitor)).toBe(place);
    }),
  );
});

test.each([0.01, 0.1, 0.5, 0.9])("of many visitors a share of %d is in", (share) => {
  const visitors = Array.from({ length: 20_000 }, (_, at) => `user-${at}`);
  const isIn = visitors.filter((visitor) => placeOf(7, visitor) < share).length;
  const deviation = Math.sqrt(visitors.length * share * (1 - share));
  expect(Math.abs(isIn - visitors.length * share)).toBeLessThan(5 * deviation);
});

test("the next release draws other visitors", () => {
  const visitors = Array.from({ length: 20_000 }, (_, at) => `user-${at}`);
  const first = visitors.filter((visitor) => placeOf(1, visitor) < 0.1);
  const both = first.filter((visitor) => placeOf(2, visitor) < 0.1);
  expect(both.length / first.length).toBeGreaterThan(0.05);
  expect(both.length / first.length).toBeLessThan(0.15);
});

test("shares are said in per cent", () => {
  expect([0.1, 0.025, 0.99].map(shareText)).toEqual(["10 %", "2.5 %", "99 %"]);
});

test("only what is new begins with a share, and beside what is good", () => {
  const good = { isBad: false, isElsewhere: false };
  const beside = deploymentKinds.filter((kind) => whyNoShare({ kind, former: good }) === null);
  expect(beside).toEqual(["deploy", "promote", "roll-forward", "configure"]);
  expect(whyNoShare({ kind: "roll-forward", former: { ...good, isBad: true } })).toContain("known bad");
  expect(whyNoShare({ kind: "deploy", former: { ...good, isElsewhere: true } })).toContain(
    "not get its traffic",
  );
  expect(whyNoShare({ kind: "deploy", former: null })).toContain("nothing was live");
});
