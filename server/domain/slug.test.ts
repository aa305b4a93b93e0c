import fc from "fast-check";
import { expect, test } from "vitest";
import { slugLengthLimit, slugSchema } from "./slug.ts";

test.each(["hello", "a", "a1", "my-service-2", "0", "x".repeat(slugLengthLimit)])("%s is a slug", (slug) => {
  expect(slugSchema.safeParse(slug).success).toBe(true);
});

test.each([
  ["", "needed"],
  ["x".repeat(slugLengthLimit + 1), "at most 40"],
  ["Hello", "lower-case"],
  ["-hello", "begin and end"],
  ["hello-", "begin and end"],
  ["hel.lo", "lower-case"],
  ["hel_lo", "lower-case"],
  ["héllo", "lower-case"],
  ["hello\n", "lower-case"],
  ["a--b", "Two hyphens"],
  ["api", "taken by the portal"],
])("%j is refused", (slug, message) => {
  const issues = slugSchema.safeParse(slug).error?.issues.map((issue) => issue.message) ?? [];
  expect(issues.join(" ")).toContain(message);
});

test("every slug is a label that URL parsing leaves as it is", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9-]{1,41}$/), (text) => {
      if (!slugSchema.safeParse(text).success) return;
      expect(new URL(`http://${text}.production.localhost/`).hostname).toBe(`${text}.production.localhost`);
    }),
  );
});
