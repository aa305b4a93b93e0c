import { expect, test } from "vitest";
import { matchShortcut, shortcuts } from "./shortcuts.ts";

test("g waits for its letter, then goes", () => {
  expect(matchShortcut(["g"])).toBe("unfinished");
  expect(matchShortcut(["g", "w"])).toMatchObject({ act: { kind: "go", href: "/workers" } });
});

test("other keys do nothing", () => {
  expect(matchShortcut(["x"])).toBeNull();
  expect(matchShortcut(["g", "x"])).toBeNull();
});

test("no two shortcuts share their keys, and none hides behind another", () => {
  const texts = shortcuts.map((shortcut) => shortcut.keys.join(" "));
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.filter((text) => texts.some((other) => other.startsWith(`${text} `)))).toEqual([]);
});
