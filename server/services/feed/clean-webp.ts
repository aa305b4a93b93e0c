import { brokenPicture, type CleanPicture, partOf } from "./picture-bytes.ts";

interface Chunk {
  type: string;
  body: Buffer;
}

const kept = ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"];
/** Of what VP8X announces: animation and transparency, but no profile, Exif or XMP. */
const keptFlags = 0x02 | 0x10;
const frameHeaderBytes = 16;

/** https://developers.google.com/speed/webp/docs/riff_container */
export function cleanWebp(bytes: Buffer): CleanPicture {
  const chunks = keptChunks(partOf(bytes, 12, 8 + bytes.readUInt32LE(4)));
  const sizes = chunks.flatMap(sizesOf);
  if (sizes.length === 0) throw brokenPicture();
  const body = Buffer.concat([Buffer.from("WEBP"), ...chunks.map(written)]);
  return {
    bytes: written({ type: "RIFF", body }),
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  };
}

function keptChunks(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; ) {
    const type = bytes.toString("latin1", at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const body = partOf(bytes, at + 8, at + 8 + length);
    if (kept.includes(type)) chunks.push({ type, body: cleanBody(type, body) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function cleanBody(type: string, body: Buffer): Buffer {
  if (type === "VP8X") return Buffer.concat([Buffer.of(body.readUInt8(0) & keptFlags), body.subarray(1)]);
  if (type !== "ANMF") return body;
  const frame = keptChunks(body.subarray(frameHeaderBytes)).map(written);
  return Buffer.concat([partOf(body, 0, frameHeaderBytes), ...frame]);
}

/** Of the canvas and of each frame: nobody need believe the one of the other. */
function sizesOf({ type, body }: Chunk): { width: number; height: number }[] {
  if (type === "VP8X") return [{ width: 1 + body.readUIntLE(4, 3), height: 1 + body.readUIntLE(7, 3) }];
  if (type === "ANMF") return keptChunks(body.subarray(frameHeaderBytes)).flatMap(sizesOf);
  if (type === "VP8 ") {
    return [{ width: body.readUInt16LE(6) & 0x3fff, height: body.readUInt16LE(8) & 0x3fff }];
  }
  if (type !== "VP8L") return [];
  const bits = body.readUInt32LE(1);
  return [{ width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }];
}

function written({ type, body }: Chunk): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, "latin1");
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}
