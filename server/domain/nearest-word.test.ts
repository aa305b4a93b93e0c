import fc from "fast-check";
import { expect, test } from "vitest";
import { nearestWord } from "./nearest-word.ts";

const known = ["service", "build", "test", "release", "environments", "env"];

test.each([
  ["biuld", "build"],
  ["buid", "build"],
  ["Build", "build"],
  ["relaese", "release"],
  ["enviroments", "environments"],
  ["tests", "test"],
])("%s means %s", (typed, word) => expect(nearestWord(typed, known)).toBe(word));

test.each(["deploy", "x", "", "something-else"])("%j means none of them", (typed) => {
  expect(nearestWord(typed, known)).toBeNull();
});

test("a word with one letter too many is found again", () => {
  fc.assert(
    fc.property(fc.constantFrom("service", "release", "environments"), fc.nat(6), (word, at) => {
      expect(nearestWord(`${word.slice(0, at)}x${word.slice(at)}`, known)).toBe(word);
    }),
  );
});
