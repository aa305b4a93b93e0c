import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { isDiskFull } from "./disk-full.ts";

/**
 * Writes a small JSON file as a whole: a reader sees the old content or the new. On a full disk it goes into the room
 * that the file has already, so that processes that say who they are this way can start there, too.
 */
export function replaceJson(path: string, content: object): void {
  const text = JSON.stringify(content);
  const beside = `${path}.${process.pid}`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    if (!isDiskFull(error) || !overwriteJson(path, text)) throw error;
  }
}

const blockBytes = 512;

/** False where the file is not there or has too little room. In one write of its whole length: blanks are none of the JSON. */
export function overwriteJson(path: string, text: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, "r+");
  try {
    const { size, blocks } = fstatSync(file);
    const bytes = Buffer.from(text + " ".repeat(Math.max(0, size - Buffer.byteLength(text))));
    return bytes.length <= blocks * blockBytes && writeSync(file, bytes, 0, bytes.length, 0) === bytes.length;
  } finally {
    closeSync(file);
  }
}
