import { expect, test } from "vitest";
import { describeError } from "./describe-error.ts";
import { errorFingerprint, messageTemplate } from "./error-fingerprint.ts";
import { parseStackTrace } from "./stack-frames.ts";

const frame = (file: string, name: string | null, line: number, isOwn = true) => ({
  ...{ file, line, isOwn },
  function: name,
});
const of = (message: string, ...frames: ReturnType<typeof frame>[]) =>
  errorFingerprint({ type: "TypeError", message, frames });

test("neither lines nor words nor who called it from afar change what an error is", () => {
  const inner = [frame("src/cart.ts", "total", 31), frame("node_modules/x/y.js", "z", 1, false)];
  const middle = [frame("src/checkout.ts", "run", 4), frame("src/app.ts", "handle", 8)];
  const one = of("No order 81", ...inner, ...middle, frame("src/a.ts", "a", 1));
  const moved = [frame("src/cart.ts", "total", 35), frame("src/cart.ts", "total", 35)];
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(of("Something else", ...moved, ...middle, frame("src/b.ts", "b", 1))).toBe(one);
  expect(of("No order 81", frame("src/cart.ts", "count", 31), ...middle)).not.toBe(one);
  expect(errorFingerprint({ type: "RangeError", message: "", frames: inner })).not.toBe(one);
});

test("files that bear a digest and functions that a compiler numbers are the same in the next release", () => {
  expect(of("", frame("assets/cart-3f2a91bc.js", "total$12", 1))).toBe(
    of("", frame("assets/cart-99e0d1aa.js", "total$7", 1)),
  );
});

test("without own frames its wording counts, without what differs from time to time", () => {
  const one = of("No order 81 for 'ada' at 10:30", frame("node_modules/pg/a.js", "b", 1, false));
  expect(of("No order 4711 for 'bob' at 11:45")).toBe(one);
  expect(of("No cart 81 for 'ada' at 10:30")).not.toBe(one);
  expect(
    messageTemplate('No "x" 550e8400-e29b-41d4-a716-446655440000 0x1f deadbeef1 cus_Nf3k2J9x 3.5 s'),
  ).toBe("No <text> <id> <id> <id> <id> <n> s");
  expect(messageTemplate("It can't be that we don't know")).toBe("It can't be that we don't know");
});

test("errors of different services' words seldom meet", () => {
  const seen = new Set(
    Array.from({ length: 20_000 }, (_, at) => of("", frame(`src/${at.toString(36)}x.ts`, "f", 1))),
  );
  expect(seen.size).toBe(20_000);
});

test("what is kept is scrubbed, and has a type", () => {
  const told = describeError({
    type: null,
    message: "No user ada@example.com",
    frames: parseStackTrace("Error: x\n    at f (/home/ada/shop/src/x.js:1:1)"),
  });
  expect(told).toMatchObject({
    type: "Error",
    message: "No user [e-mail]",
    frames: [{ file: "~/shop/src/x.js" }],
  });
  expect(told.fingerprint).toBe(describeError({ ...told, message: "No user [e-mail]" }).fingerprint);
});
