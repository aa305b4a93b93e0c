import { expect, test } from "vitest";
import { sizeAdvice, waitingText } from "./waiting.ts";

test.each([
  [4, null, "small is safe"],
  [6, null, "the sooner, the smaller"],
  [4, 4, "small is safe"],
  [6, 4, "still small enough"],
  [8, 4, "the sooner, the smaller"],
  [1, 0, "small is safe"],
])("%d commits, usually %s: %s", (commits, usualCommits, text) => {
  expect(sizeAdvice({ commits, usualCommits }).text).toBe(text);
});

test("how much waits", () => {
  expect(waitingText({ commits: 1, lines: 1 })).toBe("1 commit (1 line) waits");
  expect(waitingText({ commits: 4, lines: 1_200 })).toBe("4 commits (1,200 lines) wait");
  expect(waitingText({ commits: 4, lines: null })).toBe("4 commits wait");
});
