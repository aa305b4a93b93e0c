import { brokenPicture, type CleanPicture, partOf } from "./picture-bytes.ts";

const image = 0x2c;
const extension = 0x21;
const trailer = 0x3b;
const graphicControl = 0xf9;
const application = 0xff;
/** How often an animation runs. */
const loops = ["NETSCAPE2.0", "ANIMEXTS1.0"];

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt: frames and how they follow each other, without comments and texts. */
export function cleanGif(bytes: Buffer): CleanPicture {
  let at = 13 + tableBytes(bytes.readUInt8(10));
  const parts = [partOf(bytes, 0, at)];
  let [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  for (let kind = bytes.readUInt8(at); kind !== trailer; kind = bytes.readUInt8(at)) {
    const end = endOfBlock(bytes, at, kind);
    if (kind === image) {
      width = Math.max(width, bytes.readUInt16LE(at + 1) + bytes.readUInt16LE(at + 5));
      height = Math.max(height, bytes.readUInt16LE(at + 3) + bytes.readUInt16LE(at + 7));
    }
    if (isKept(bytes, at, kind)) parts.push(partOf(bytes, at, end));
    at = end;
  }
  return { bytes: Buffer.concat([...parts, Buffer.of(trailer)]), width, height };
}

function endOfBlock(bytes: Buffer, at: number, kind: number): number {
  if (kind === extension) return endOfPieces(bytes, at + 2);
  // The byte before the pieces is the size of the first code.
  if (kind === image) return endOfPieces(bytes, at + 10 + tableBytes(bytes.readUInt8(at + 9)) + 1);
  throw brokenPicture();
}

/** Pieces of at most 255 bytes, each after its length; an empty one is the last. */
function endOfPieces(bytes: Buffer, start: number): number {
  let at = start;
  for (let length = bytes.readUInt8(at); length > 0; length = bytes.readUInt8(at)) at += 1 + length;
  return at + 1;
}

function isKept(bytes: Buffer, at: number, kind: number): boolean {
  if (kind === image) return true;
  const label = bytes.readUInt8(at + 1);
  return (
    label === graphicControl ||
    (label === application && loops.includes(bytes.toString("latin1", at + 3, at + 14)))
  );
}

/** Of the table of colours that these flags announce. */
function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}
