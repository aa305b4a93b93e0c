import { expect, test } from "vitest";
import { lineHeight, logWindow, scrollHeight, shareWith } from "./log-window.ts";

const viewHeight = 800;
const shares = [0, 0.001, 0.25, 0.5, 0.749, 0.999, 1];

/** Rows of any height: one in seven is wrapped over several lines. */
const unequal = (row: number) => (row % 7 === 0 ? 5 * lineHeight : lineHeight);

for (const [name, heightOf] of [
  ["equal", () => lineHeight],
  ["unequal", unequal],
] as const) {
  test(`rows of ${name} heights fill the view at every place, and no more than the view is drawn`, () => {
    for (const count of [301, 10_000, 5_000_000]) {
      for (const share of shares) {
        const { first, last, top } = logWindow({ count, share, viewHeight, heightOf });
        let bottom = top;
        for (let row = first; row <= last; row += 1) bottom += heightOf(row);
        if (first > 0) expect(top).toBeLessThanOrEqual(0);
        else expect(top).toBeLessThanOrEqual(0.001);
        if (last < count - 1) expect(bottom).toBeGreaterThanOrEqual(viewHeight);
        else expect(bottom).toBeGreaterThanOrEqual(viewHeight - 0.001);
        expect(last - first).toBeLessThan(100);
      }
    }
  });

  test(`the first row of ${name} heights begins the log, and the last one ends it`, () => {
    const count = 1_000;
    expect(logWindow({ count, share: 0, viewHeight, heightOf })).toMatchObject({ first: 0, top: 0 });
    const { first, last, top } = logWindow({ count, share: 1, viewHeight, heightOf });
    expect(last).toBe(count - 1);
    let bottom = top;
    for (let row = first; row <= last; row += 1) bottom += heightOf(row);
    expect(bottom).toBeCloseTo(viewHeight);
  });
}

test("as long as a browser can scroll that far, a pixel of scrolling is a pixel of the log", () => {
  const count = 100_000;
  const most = scrollHeight(count) - viewHeight;
  const placeOf = (scrollTop: number) => {
    const { first, top } = logWindow({
      count,
      share: scrollTop / most,
      viewHeight,
      heightOf: () => lineHeight,
    });
    return first * lineHeight - top;
  };
  for (const scrollTop of [0, 1, 333, 50_000, most]) expect(placeOf(scrollTop)).toBeCloseTo(scrollTop);
});

test("a row is put where it is wanted, and stays in view at the ends", () => {
  const count = 100_000;
  const rowAt = (row: number, below: number) => {
    const share = shareWith(row, below, { count, viewHeight });
    const { first, top } = logWindow({ count, share, viewHeight, heightOf: () => lineHeight });
    return top + (row - first) * lineHeight;
  };
  expect(rowAt(50_000, 390)).toBeCloseTo(390);
  expect(rowAt(50_000, 0)).toBeCloseTo(0);
  expect(rowAt(0, 390)).toBeCloseTo(0);
  expect(rowAt(count - 1, 390)).toBeCloseTo(viewHeight - lineHeight);
});

test("no log is higher than every browser can lay out", () => {
  expect(scrollHeight(5_000_000)).toBeLessThan(17_000_000);
});
