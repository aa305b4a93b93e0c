import { expect, test } from "vitest";
import { openSlots } from "./slots.ts";

/** Work that is over when the test says so. */
function stoppableWork(started: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = () => {
    started.push(name);
    return promise;
  };
  return { work, finish: () => resolve(name), fail: () => reject(new Error(name)) };
}

test("so many run at once, the others in turn, whatever becomes of those before", async () => {
  const slots = openSlots(2);
  const started: string[] = [];
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => stoppableWork(started, name));
  const outcomes = [a, b, c, d].map((one) => slots.run(one?.work ?? (async () => "")));
  await new Promise(setImmediate);
  expect(started).toEqual(["a", "b"]);
  b?.fail();
  await expect(outcomes[1]).rejects.toThrow("b");
  await new Promise(setImmediate);
  expect(started).toEqual(["a", "b", "c"]);
  a?.finish();
  c?.finish();
  await new Promise(setImmediate);
  expect(started).toEqual(["a", "b", "c", "d"]);
  d?.finish();
  expect(await outcomes[3]).toBe("d");
});

test("who waits can leave, and the slot goes to the next", async () => {
  const slots = openSlots(1);
  const started: string[] = [];
  const [first, left, last] = ["first", "left", "last"].map((name) => stoppableWork(started, name));
  const leaving = new AbortController();
  const running = slots.run(first?.work ?? (async () => ""));
  const waited = slots.run(left?.work ?? (async () => ""), leaving.signal);
  const patient = slots.run(last?.work ?? (async () => ""));
  leaving.abort(new Error("gone"));
  await expect(waited).rejects.toThrow("gone");
  first?.finish();
  last?.finish();
  expect([await running, await patient]).toEqual(["first", "last"]);
  expect(started).toEqual(["first", "last"]);
});
