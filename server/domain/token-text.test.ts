import { expect, test } from "vitest";
import { holdsToken } from "./token-text.ts";

const token = `anytime_${"aB3".repeat(16)}x`;

test.each([
  [`/api/v1/services?token=${token}`, true],
  [`/api/v1/services/${token}`, true],
  [`/?a=1&b=${token}#c`, true],
  [`/?q=anytime%5F${token.slice(8)}`, true],
  [`/?q=${encodeURIComponent(encodeURIComponent(`/${token.replace("_", "%5f")}`))}`, true],
  [`/%61nytime_${token.slice(8)}`, true],
  [`/?q=${token.slice(0, 30)}`, true],
  [`/?q=${token.toUpperCase()}`, true],
  ["/services/anytime_portal", false],
  ["/services/hello?tab=releases", false],
  ["/?q=%zz%", false],
  ["/", false],
])("%s holds a token: %j", (url, expected) => {
  expect(holdsToken(url)).toBe(expected);
});
