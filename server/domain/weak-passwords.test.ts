import fc from "fast-check";
import { expect, test } from "vitest";
import { passwordWeakness } from "./weak-passwords.ts";

const owner = { name: "Ada Example", email: "ada.l@workshop.example" };

test.each([
  ["aaaaaaaaaaaa", "over and over"],
  ["ababababab", "over and over"],
  ["1212121212", "over and over"],
  ["qwertyuiop", "keys in a row"],
  ["1qaz2wsx3edc", "keys in a row"],
  ["qwerty12345!", "keys in a row"],
  ["poiuytrewq", "keys in a row"],
  ["0123456789", "keys in a row"],
  ["Password123!", "tried first"],
  ["P@ssw0rd2024", "tried first"],
  ["passwordpassword", "tried first"],
  ["i love you forever", "tried first"],
  ["correct horse battery staple", "tried first"],
  ["Administrator1", "tried first"],
  ["ada.example1", "name or e-mail"],
  ["workshop2024!", "name or e-mail"],
  ["ada.l@workshop.example", "name or e-mail"],
])("%s is refused: %s", (password, words) => {
  expect(passwordWeakness(password, owner)).toContain(words);
});

test.each(["correct horse battery", "violet kettle on tuesday", "hG7#kq0-Lm2z", "summer rain in oslo 1912"])(
  "%s is taken",
  (password) => {
    expect(passwordWeakness(password, owner)).toBeNull();
  },
);

test("what a password manager makes is taken", () => {
  const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
  const generated = fc
    .array(fc.constantFrom(...letters), { minLength: 20, maxLength: 40 })
    .filter((characters) => new Set(characters).size > 12)
    .map((characters) => characters.join(""));
  fc.assert(fc.property(generated, (password) => passwordWeakness(password, owner) === null));
});
