import { expect, test } from "vitest";
import { switchCountsText } from "./switch-counts.ts";

test("what was counted around a switch is said in one sentence", () => {
  const clean = { requests: 4_812, serverErrors: 0, aborted: 0, strays: 0 };
  expect(switchCountsText(clean)).toBe(
    "4,812 in the 10 s around it: 0 answered 5xx, 0 cut off, none begun on the old pool after the acknowledgement",
  );
  expect(switchCountsText({ ...clean, serverErrors: 1_200, aborted: 3, strays: 1 })).toBe(
    "4,812 in the 10 s around it: 1,200 answered 5xx, 3 cut off, 1 begun on the old pool after the acknowledgement",
  );
  expect(switchCountsText({ ...clean, requests: 0 })).toBe("none came in the 10 s around it");
});
