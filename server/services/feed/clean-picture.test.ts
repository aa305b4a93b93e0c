import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { mostPictureBytes } from "#server/domain/picture.ts";
import { cleanPicture } from "./clean-picture.ts";
import { pictures } from "./testing/pictures.ts";

const secret = "51°30′N by Ada";

/** What a camera writes: the place, whose it is, and which way up it is. */
function exifOf(orientation: number, order: "II" | "MM" = "MM"): Buffer {
  const entries = Buffer.alloc(2 + 2 * 12 + 4);
  const short = (value: number, at: number) =>
    order === "MM" ? entries.writeUInt16BE(value, at) : entries.writeUInt16LE(value, at);
  for (const [at, value] of [
    [0, 2],
    [2, 0x8298],
    [14, 0x0112],
    [16, 3],
    [22, orientation],
  ] as const) {
    short(value, at);
  }
  const head = order === "MM" ? "MM\0*\0\0\0\x08" : "II*\0\x08\0\0\0";
  return Buffer.concat([Buffer.from(`Exif\0\0${head}`, "latin1"), entries, Buffer.from(secret)]);
}

function segment(marker: number, body: Buffer): Buffer {
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

const jpegWith = (...segments: Buffer[]) =>
  Buffer.concat([pictures.jpeg.subarray(0, 2), ...segments, pictures.jpeg.subarray(2)]);

function chunk(type: string, body: string | Buffer): Buffer {
  const whole = Buffer.concat([Buffer.from(type), Buffer.from(body)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(whole.length - 4);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(whole));
  return Buffer.concat([length, whole, check]);
}

const pngWith = (...chunks: Buffer[]) =>
  Buffer.concat([pictures.png.subarray(0, 33), ...chunks, pictures.png.subarray(33)]);

describe("of every kind the picture stays as it is", () => {
  test.each(Object.entries(pictures))("%s", (name, bytes) => {
    const cleaned = cleanPicture(bytes);
    expect(cleaned).toMatchObject({
      mediaType: `image/${name.replace(/^progressive-|^lossless-/, "")}`,
      width: 3,
      height: 2,
    });
    expect(cleaned.bytes.equals(bytes)).toBe(true);
  });

  test.each(Object.entries(pictures))("%s, without what stands behind its end", (name, bytes) => {
    const behind = Buffer.concat([bytes, Buffer.from(`<script>${secret}</script>`)]);
    expect([name, cleanPicture(behind).bytes.equals(bytes)]).toEqual([name, true]);
  });

  test.each(Object.entries(pictures))("%s that is cut off is refused, wherever it is", (_, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => cleanPicture(bytes.subarray(0, length))).toThrow(/cut off|PNG, JPEG/);
    }
  });
});

describe("what a camera or an editor says of a picture is left out", () => {
  test("of a JPEG", () => {
    const xmp = Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${secret}</x:xmpmeta>`);
    const told = [0xe0, 0xe1, 0xe2, 0xe5, 0xec, 0xed, 0xee, 0xfe].map((marker) =>
      segment(marker, marker === 0xe1 ? xmp : Buffer.from(`Adobe or JFIF\0 ${secret}`)),
    );
    const { bytes } = cleanPicture(jpegWith(segment(0xe1, exifOf(1)), ...told));
    expect(bytes.equals(pictures.jpeg)).toBe(true);
  });

  test("how its colours are meant is kept", () => {
    const jfif = segment(0xe0, Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1"));
    const adobe = segment(0xee, Buffer.from("Adobe\0\x64\0\0\0\0\x01", "latin1"));
    const bytes = jpegWith(jfif, adobe);
    expect(cleanPicture(bytes).bytes.equals(bytes)).toBe(true);
  });

  test.each([
    [6, "MM", 2, 3],
    [8, "II", 2, 3],
    [3, "II", 3, 2],
  ] as const)("but not which way up it is: %i, %s", (orientation, order, width, height) => {
    const cleaned = cleanPicture(jpegWith(segment(0xe1, exifOf(orientation, order))));
    expect(cleaned).toMatchObject({ width, height });
    expect(cleaned.bytes.toString("latin1")).not.toContain("Ada");
    expect(cleaned.bytes.length).toBe(pictures.jpeg.length + 36);
    // What is left of it is read as what it was.
    const again = cleanPicture(cleaned.bytes);
    expect(again.bytes.equals(cleaned.bytes)).toBe(true);
    expect(again).toMatchObject({ width, height });
  });

  test("of a PNG", () => {
    const told = ["tEXt", "zTXt", "iTXt", "eXIf", "iCCP", "tIME", "prVt"].map((type) => chunk(type, secret));
    expect(cleanPicture(pngWith(...told)).bytes.equals(pictures.png)).toBe(true);
  });

  test("of a GIF, but not that it runs for ever", () => {
    const pieces = (text: string) => `${String.fromCharCode(text.length)}${text}\0`;
    const told = [
      `!\xfe${pieces(secret)}`,
      `!\xff\x0bXMP DataXMP${pieces(secret)}`,
      `!\x01${pieces(secret)}`,
    ];
    const loop = Buffer.from("!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", "latin1");
    const at = 19;
    const bytes = Buffer.concat([
      pictures.gif.subarray(0, at),
      loop,
      Buffer.from(told.join(""), "latin1"),
      pictures.gif.subarray(at),
    ]);
    const cleaned = cleanPicture(bytes).bytes;
    expect(cleaned.toString("latin1")).not.toContain("Ada");
    expect(cleaned.includes(loop)).toBe(true);
    expect(cleaned.length).toBe(pictures.gif.length + loop.length);
  });

  test("of a WebP, and that it was there", () => {
    const part = (type: string, body: Buffer) => {
      const head = Buffer.alloc(8);
      head.write(type);
      head.writeUInt32LE(body.length, 4);
      return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
    };
    const canvas = part("VP8X", Buffer.of(0x2c, 0, 0, 0, 2, 0, 0, 1, 0, 0));
    const told = ["ICCP", "EXIF", "XMP ", "Ada "].map((type) => part(type, Buffer.from(secret)));
    const bytes = part(
      "RIFF",
      Buffer.concat([Buffer.from("WEBP"), canvas, ...told, pictures.webp.subarray(12)]),
    );
    const cleaned = cleanPicture(bytes);
    expect(cleaned).toMatchObject({ mediaType: "image/webp", width: 3, height: 2 });
    expect(cleaned.bytes.toString("latin1")).not.toMatch(/Ada|EXIF|ICCP|XMP/);
    expect(cleaned.bytes.readUInt8(20)).toBe(0);
    expect(cleaned.bytes.readUInt32LE(4)).toBe(cleaned.bytes.length - 8);
  });
});

test.each([
  ["a drawing that may hold a script", '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'],
  ["a page", "<!doctype html><script>1</script>"],
  ["nothing", ""],
  ["a PDF", "%PDF-1.7"],
])("%s is no picture, whatever its sender says", (_, text) => {
  expect(() => cleanPicture(Buffer.from(text))).toThrow("PNG, JPEG, WebP or GIF");
});

test("what is too large in bytes or in pixels is refused", () => {
  expect(() => cleanPicture(Buffer.alloc(mostPictureBytes + 1))).toThrow("1 MB");
  const wide = Buffer.from(pictures.png);
  wide.writeUInt32BE(6_001, 16);
  expect(() => cleanPicture(wide)).toThrow("6000 pixels wide and high; this one has 6001 × 2");
  const flat = Buffer.from(pictures.png);
  flat.writeUInt32BE(0, 20);
  expect(() => cleanPicture(flat)).toThrow("broken");
  const frame = Buffer.from(pictures.gif);
  frame.writeUInt16LE(65_535, frame.indexOf(",") + 5);
  expect(() => cleanPicture(frame)).toThrow("65535");
});
