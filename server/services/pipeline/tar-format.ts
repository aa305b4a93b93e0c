/** Tar as artifacts are written (ustar, long names in PAX headers), and as much of it as may be read. */

export const blockBytes = 512;

export interface TarEntry {
  /** Relative, without a slash at either end. */
  path: string;
  type: "file" | "folder" | "link";
  mode: number;
  /** Of a file's content. */
  size: number;
  /** Seconds since 1970. */
  mtime: number;
  /** Where a link leads; empty for what is none. */
  target: string;
}

/** What a header says, before anybody has judged it. */
export interface TarHeader {
  path: string;
  /** The type's character: `0` file, `2` symbolic link, `5` folder, `x` PAX. */
  type: string;
  mode: number;
  size: number;
  mtime: number;
  target: string;
}

/** What a PAX header says of the entry after it. */
export interface PaxRecords {
  path?: string;
  linkpath?: string;
  size?: number;
}

export class TarFormatError extends Error {
  override name = "TarFormatError";
}

const typeCharacters = { file: "0", folder: "5", link: "2" };
const nameBytes = 100;
const largestSize = 0o77777777777;
const blank = blankHeader();

/** The entry's header, preceded by a PAX header where the fields of one are too small. */
export function encodeEntry(entry: TarEntry): Buffer {
  const path = entry.type === "folder" ? `${entry.path}/` : entry.path;
  const records: string[] = [];
  if (Buffer.byteLength(path) > nameBytes) records.push(paxRecord("path", path));
  if (Buffer.byteLength(entry.target) > nameBytes) records.push(paxRecord("linkpath", entry.target));
  if (entry.size > largestSize) records.push(paxRecord("size", String(entry.size)));
  const header = encodeHeader({ ...entry, path, type: typeCharacters[entry.type] });
  if (records.length === 0) return header;
  const body = Buffer.from(records.join(""));
  const before = { path: "PaxHeader", type: "x", mode: 0o644, size: body.length, mtime: 0, target: "" };
  return Buffer.concat([encodeHeader(before), body, Buffer.alloc(padding(body.length)), header]);
}

/** How many bytes follow a content until the next header. */
export function padding(size: number): number {
  return -size & (blockBytes - 1);
}

function blankHeader(): Buffer {
  const block = Buffer.alloc(blockBytes);
  for (const place of [108, 116, 329, 337]) block.write("0000000", place, "latin1");
  block.write("        ", 148, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  return block;
}

function encodeHeader({ path, type, mode, size, mtime, target }: TarHeader): Buffer {
  const block = Buffer.from(blank);
  block.write(path, 0, nameBytes);
  block.write(octal(mode, 7), 100, "latin1");
  block.write(octal(Math.min(size, largestSize), 11), 124, "latin1");
  block.write(octal(mtime, 11), 136, "latin1");
  block.write(type, 156, "latin1");
  block.write(target, 157, nameBytes);
  block.write(`${octal(sumOf(block), 6)}\0 `, 148, "latin1");
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function sumOf(block: Buffer): number {
  let sum = 0;
  for (let at = 0; at < blockBytes; at += 1) sum += block[at] ?? 0;
  return sum;
}

/** The length at the front counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** Null for the empty block that ends a tar. Throws TarFormatError. */
export function decodeHeader(block: Buffer): TarHeader | null {
  const sum = sumOf(block);
  if (sum === 0) return null;
  let withBlanks = sum + 8 * 32;
  for (let at = 148; at < 156; at += 1) withBlanks -= block[at] ?? 0;
  if (readOctal(block, 148, 8) !== withBlanks) throw new TarFormatError("a header's checksum is wrong");
  const prefix = readText(block, 345, 155);
  const name = readText(block, 0, nameBytes);
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    type: block[156] === 0 ? "0" : String.fromCharCode(block[156] ?? 0),
    mode: readOctal(block, 100, 8),
    size: readOctal(block, 124, 12),
    mtime: readOctal(block, 136, 12),
    target: readText(block, 157, nameBytes),
  };
}

function readText(block: Buffer, from: number, length: number): string {
  const end = block.indexOf(0, from);
  return block.toString("utf8", from, end === -1 || end > from + length ? from + length : end);
}

function readOctal(block: Buffer, from: number, length: number): number {
  const text = readText(block, from, length).trim();
  if (text === "") return 0;
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  throw new TarFormatError("a header has a number that cannot be read");
}

/** Throws TarFormatError. Records that say nothing of an artifact, such as times, are passed over. */
export function decodePax(body: Buffer): PaxRecords {
  const records: PaxRecords = {};
  for (let from = 0; from < body.length; ) {
    const space = body.indexOf(0x20, from);
    const length = space === -1 ? Number.NaN : Number(body.toString("latin1", from, space));
    const end = from + length;
    const record = Number.isSafeInteger(length) ? body.toString("utf8", space + 1, end) : "";
    const equals = record.indexOf("=");
    if (end <= space || end > body.length || equals < 1 || !record.endsWith("\n")) {
      throw new TarFormatError("a PAX header cannot be read");
    }
    takeRecord(records, record.slice(0, equals), record.slice(equals + 1, -1));
    from = end;
  }
  return records;
}

function takeRecord(records: PaxRecords, key: string, value: string): void {
  if (key === "path") records.path = value;
  else if (key === "linkpath") records.linkpath = value;
  else if (key === "size") {
    if (!/^\d{1,15}$/.test(value)) throw new TarFormatError("a PAX header has a size that cannot be read");
    records.size = Number(value);
  }
}
