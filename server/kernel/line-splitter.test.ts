import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

const mark = " [anytime: this line goes on below]";

function split(...chunks: (string | Uint8Array)[]): string[] {
  const splitter = new LineSplitter();
  const all = chunks.map((chunk) => splitter.push(Buffer.from(chunk as string)));
  const lines = [...all, splitter.end()];
  const text = Buffer.concat(lines.map(({ bytes }) => bytes)).toString();
  const split = text.split("\n").slice(0, -1);
  expect(split).toHaveLength(lines.reduce((sum, { count }) => sum + count, 0));
  return split;
}

test("lines come whole however the output was cut, also amid a character", () => {
  const bytes = Buffer.from("größe 🚀\nzwei");
  for (let at = 0; at <= bytes.length; at += 1) {
    expect(split(bytes.subarray(0, at), bytes.subarray(at))).toEqual(["größe 🚀", "zwei"]);
  }
});

test("what comes out does not depend on how the output was cut", () => {
  const output = fc.string({ unit: fc.constantFrom("a", "b", "\r", "\n"), maxLength: 40 });
  fc.assert(
    fc.property(output, fc.array(fc.nat(40)), (printed, cuts) => {
      const edges = [0, ...cuts.map((cut) => Math.min(cut, printed.length)), printed.length].sort(
        (a, b) => a - b,
      );
      const pieces = edges.slice(1).map((edge, index) => printed.slice(edges[index], edge));
      const ended = printed.endsWith("\n") || printed === "" ? printed : `${printed}\n`;
      const states = ended
        .split("\n")
        .slice(0, -1)
        .map((line) => line.replace(/\r+$/, "").split("\r").at(-1));
      const isNothing = !printed.endsWith("\n") && states.at(-1) === "";
      expect(split(...pieces)).toEqual(isNothing ? states.slice(0, -1) : states);
    }),
    { numRuns: 1_000 },
  );
});

test("of a line that overwrites itself the last state is kept; line ends of Windows are no overwriting", () => {
  expect(split("10%\r50%\r100%\ndone\r\n")).toEqual(["100%", "done"]);
  expect(split("10%\r", "50%\r", "\nnext")).toEqual(["50%", "next"]);
});

test("a progress line of many megabytes without line feed takes no room", () => {
  expect(split(...Array.from({ length: 500 }, () => "12345678% done\r".repeat(2_000)))).toEqual([
    "12345678% done",
  ]);
});

test("bytes that are no text stay as they are", () => {
  const splitter = new LineSplitter();
  expect([...splitter.push(Buffer.from([97, 0, 255, 237, 160, 128, 10])).bytes]).toEqual([
    97, 0, 255, 237, 160, 128, 10,
  ]);
});

test("an overlong line goes on in the next ones, marked; nothing is lost and no character cut", () => {
  const long = `${"x".repeat(16 * 1024 - 1)}🚀${"y".repeat(10 * 1024 * 1024)}`;
  for (const chunks of [
    [long, "\nshort\n"],
    [`${long}\nshort\n`],
    [long.slice(0, 40_000), long.slice(40_000), "\nshort\n"],
  ]) {
    const lines = split(...chunks);
    expect(lines.at(-1)).toBe("short");
    expect(
      lines.slice(0, -2).every((line) => line.endsWith(mark) && line.length <= 16 * 1024 + mark.length),
    ).toBe(true);
    expect(
      lines
        .slice(0, -1)
        .map((line) => line.replace(mark, ""))
        .join(""),
    ).toBe(long);
  }
});
