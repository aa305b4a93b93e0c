import { expect, test } from "vitest";
import { type ErrorSighting, otherErrors } from "#server/domain/error-sighting.ts";
import { PendingErrors } from "./pending-errors.ts";

const sighting = (parts: Partial<ErrorSighting>): ErrorSighting => ({
  ...{ serviceEnvironmentId: 1, releaseId: 2, source: "otlp", fingerprint: "aa", type: "E", message: "m" },
  ...{ frames: [], route: null, beginsAt: 600, count: 1 },
  ...parts,
});

test("those of one kind and minute are one, and the list that is handed over stays as it is", () => {
  const pending = new PendingErrors();
  const told = [sighting({ count: 2 }), sighting({ beginsAt: 659 }), sighting({ releaseId: 3 })];
  pending.add(told);
  expect(told[0]?.count).toBe(2);
  expect(pending.take().map(({ releaseId, count }) => [releaseId, count])).toEqual([
    [2, 3],
    [3, 1],
  ]);
  expect(pending.isEmpty).toBe(true);
});

test("while nothing can be stored, kinds beyond two thousand are counted together, and none is lost", () => {
  const pending = new PendingErrors();
  for (let at = 0; at < 5_000; at += 1) pending.add([sighting({ fingerprint: `${at}` })]);
  const taken: ErrorSighting[] = [];
  while (!pending.isEmpty) taken.push(...pending.take());
  expect(taken).toHaveLength(2_001);
  expect(taken.find(({ fingerprint }) => fingerprint === otherErrors)?.count).toBe(3_000);
});
