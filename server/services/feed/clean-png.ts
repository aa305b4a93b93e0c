import { brokenPicture, type CleanPicture, partOf } from "./picture-bytes.ts";

const signatureBytes = 8;
/** Pixels, colours and animation: no text, no Exif, and no colour profile, which may name a person's screen. */
const kept = [
  ...["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "pHYs", "IDAT", "IEND"],
  ...["acTL", "fcTL", "fdAT"],
];

/** https://www.w3.org/TR/png-3/ */
export function cleanPng(bytes: Buffer): CleanPicture {
  const parts = [partOf(bytes, 0, signatureBytes)];
  let at = signatureBytes;
  for (let type = ""; type !== "IEND"; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    type = bytes.toString("latin1", at + 4, at + 8);
    if ((at === signatureBytes) !== (type === "IHDR")) throw brokenPicture();
    const chunk = partOf(bytes, at, end);
    if (kept.includes(type)) parts.push(chunk);
    at = end;
  }
  return { bytes: Buffer.concat(parts), width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}
