import { brokenPicture, type CleanPicture, partOf } from "./picture-bytes.ts";

const start = Buffer.of(0xff, 0xd8);
const end = Buffer.of(0xff, 0xd9);
const scan = 0xda;
/** What is said by the camera, or by whatever edited its picture. */
const exif = 0xe1;
/** Baseline, extended and progressive: the kinds that browsers show. */
const frames = [0xc0, 0xc1, 0xc2];
/** Tables of codes and of weights, and how often the code begins anew. */
const tables = [0xc4, 0xdb, 0xdd];
/** How its colours are meant, by their whole length: without a preview, and with nothing behind it. */
const colours = [
  { marker: 0xe0, name: "JFIF\0", bytes: 18 },
  { marker: 0xee, name: "Adobe", bytes: 16 },
];

/** ITU T.81, and of Exif 2.32 only which way up it is. What stands behind the picture's end is left out, too. */
export function cleanJpeg(bytes: Buffer): CleanPicture {
  const parts: Buffer[] = [];
  let size: { width: number; height: number } | null = null;
  let orientation = upright;
  for (let at = nextMarker(bytes, 2); bytes.readUInt8(at + 1) !== 0xd9; at = nextMarker(bytes, at)) {
    const marker = bytes.readUInt8(at + 1);
    const segment = partOf(bytes, at, at + 2 + bytes.readUInt16BE(at + 2));
    if (frames.includes(marker)) size = { height: segment.readUInt16BE(5), width: segment.readUInt16BE(7) };
    if (marker === exif) orientation = orientationOf(segment) ?? orientation;
    if (isKept(marker, segment)) parts.push(segment);
    at += segment.length;
    if (marker !== scan) continue;
    const afterScan = endOfScan(bytes, at);
    parts.push(bytes.subarray(at, afterScan));
    at = afterScan;
  }
  if (size === null) throw brokenPicture();
  const { width, height } = orientation < 5 ? size : { width: size.height, height: size.width };
  const turned = orientation === upright ? [] : [onlyOrientation(orientation)];
  return { bytes: Buffer.concat([start, ...turned, ...parts, end]), width, height };
}

function isKept(marker: number, segment: Buffer): boolean {
  if (marker === scan || frames.includes(marker) || tables.includes(marker)) return true;
  return colours.some(
    (colour) =>
      colour.marker === marker &&
      segment.length === colour.bytes &&
      segment.toString("latin1", 4, 4 + colour.name.length) === colour.name,
  );
}

/** Markers may be filled up in front. */
function nextMarker(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes.readUInt8(at) === 0xff && bytes.readUInt8(at + 1) === 0xff) at += 1;
  if (bytes.readUInt8(at) !== 0xff) throw brokenPicture();
  return at;
}

/** In what is coded, 0xff is followed by a zero, and by a number where the code begins anew. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes.readUInt8(at + 1);
    const isCode = next === 0x00 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isCode) return at;
  }
  throw brokenPicture();
}

const upright = 1;
const exifName = "Exif\0\0";
const orientationTag = 0x0112;

/** 1 to 8; null where nothing is said of it. */
function orientationOf(segment: Buffer): number | null {
  if (segment.toString("latin1", 4, 10) !== exifName) return null;
  const tiff = segment.subarray(10);
  const isLittle = tiff.toString("latin1", 0, 2) === "II";
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  for (let entry = 0; entry < short(directory); entry++) {
    const at = directory + 2 + 12 * entry;
    if (short(at) === orientationTag) return short(at + 8) >= 1 && short(at + 8) <= 8 ? short(at + 8) : null;
  }
  return null;
}

/** A directory with this one entry. */
function onlyOrientation(orientation: number): Buffer {
  return Buffer.concat([
    Buffer.of(0xff, exif, 0, 34),
    Buffer.from(`${exifName}MM\0*\0\0\0\x08`, "latin1"),
    Buffer.of(0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0),
  ]);
}
