import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { linkToken, openLinkToken } from "./link-token.ts";
import { parseSealingKey } from "./sealed-value.ts";

const keysOf = (...letters: string[]) => {
  const keys = letters.map((letter) => parseSealingKey(letter.repeat(64))).filter((key) => key !== null);
  return () => keys;
};
const name = randomUUID();

test("a token names its row, also once the key has been rotated", () => {
  const token = linkToken(keysOf("a"), "end a subscription", name);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(openLinkToken(keysOf("a"), "end a subscription", token)).toBe(name);
  expect(openLinkToken(keysOf("b", "a"), "end a subscription", token)).toBe(name);
});

test("a token is good for one purpose, and for nothing that somebody made up", () => {
  const token = linkToken(keysOf("a"), "end a subscription", name);
  expect(openLinkToken(keysOf("a"), "confirm a subscription", token)).toBeNull();
  expect(openLinkToken(keysOf("b"), "end a subscription", token)).toBeNull();
  expect(openLinkToken(keysOf("a"), "end a subscription", `A${token.slice(1)}A`)).toBeNull();
  for (const made of ["", "x", "A".repeat(43), token.slice(0, 22), "%00"]) {
    expect(openLinkToken(keysOf("a"), "end a subscription", made)).toBeNull();
  }
});
