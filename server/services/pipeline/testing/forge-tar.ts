/** One entry of a tar as anybody might write it, fit to be unpacked or not. */
export interface ForgedEntry {
  path: string;
  /** The type's character; a file where left out. */
  type?: string;
  target?: string;
  mode?: number;
  body?: string;
}

/** A tar made by other code than the one that reads it. */
export function forgeTar(...entries: ForgedEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1_024)]);
}

function blocksOf({ path, type = "0", target = "", mode = 0o644, body = "" }: ForgedEntry): Buffer[] {
  const content = Buffer.from(type === "0" ? body : "");
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write(`${mode.toString(8).padStart(7, "0")}\0`, 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write(`${"0".repeat(11)}\0`, 136);
  header.write(`        ${type}`, 148);
  header.write(target, 157, 100);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, content, Buffer.alloc(-content.length & 511)];
}
