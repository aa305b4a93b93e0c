import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameBoundary } from "./frame-boundary.ts";

function frame({ length, isMasked }: { length: number; isMasked: boolean }): Buffer {
  const mask = isMasked ? 0x80 : 0;
  const size = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (size.length === 2) size.writeUInt16BE(length);
  if (size.length === 8) size.writeBigUInt64BE(BigInt(length));
  const short = size.length === 0 ? length : size.length === 2 ? 126 : 127;
  return Buffer.concat([
    Buffer.from([0x82, mask | short]),
    size,
    Buffer.alloc(isMasked ? 4 : 0),
    Buffer.alloc(length, 7),
  ]);
}

const lengths = fc.oneof(fc.nat(130), fc.constantFrom(0, 125, 126, 65_535, 65_536, 70_000));
const frames = fc.array(fc.record({ length: lengths, isMasked: fc.boolean() }), { maxLength: 6 });

test("frames end where they end, however they are cut into pieces", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(140_000), { maxLength: 20 }), (described, cuts) => {
      const built = described.map(frame);
      const whole = Buffer.concat(built);
      const ends = new Set(built.map((_, at) => Buffer.concat(built.slice(0, at + 1)).length)).add(0);
      const boundary = new FrameBoundary();
      const places = [...new Set([...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort(
        (a, b) => a - b,
      );
      let from = 0;
      for (const to of places) {
        boundary.pass(whole.subarray(from, to));
        expect(boundary.isBetween).toBe(ends.has(to));
        from = to;
      }
    }),
  );
});
