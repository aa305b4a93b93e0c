import { expect, test } from "vitest";
import { safeReturnPath } from "./return-path.ts";

test.each([
  ["/services/hello?tab=releases#L10", "/services/hello?tab=releases#L10"],
  ["/", "/"],
  [null, "/"],
  ["", "/"],
  ["https://evil.example/", "/"],
  ["//evil.example/", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["/\n/evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["services/hello", "/"],
  ["/a/..//evil.example", "/"],
  ["/.//evil.example", "/"],
  ["/%2e%2e//evil.example", "/"],
])("%j leads to %j", (wanted, path) => {
  expect(safeReturnPath(wanted)).toBe(path);
});
