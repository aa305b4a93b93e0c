import { decompressLines, type StoredLines } from "./output-chunk.ts";

export interface StoredLine {
  number: number;
  text: string;
  /** Characters that are left out of `text`. */
  omitted: number;
  printedAt: string;
}

/** No screen shows more of a line; the raw log has it all. */
const longestText = 4_000;
const lineFeed = 10;

/** The wanted ones of a chunk's lines; bytes that are not UTF-8 are replaced. */
export function readLines(
  chunk: StoredLines & { firstLine: number; lineCount: number; printedAt: Date },
  wanted: { from: number; to: number },
): StoredLine[] {
  const bytes = decompressLines(chunk);
  const printedAt = chunk.printedAt.toISOString();
  const decoder = new TextDecoder();
  const lines: StoredLine[] = [];
  let number = chunk.firstLine;
  for (let from = 0; from < bytes.length && number <= wanted.to; number += 1) {
    const end = bytes.indexOf(lineFeed, from);
    if (number >= wanted.from) {
      const whole = decoder.decode(bytes.subarray(from, end));
      const text = whole.length > longestText ? whole.slice(0, longestText).toWellFormed() : whole;
      lines.push({ number, text, omitted: Math.max(0, whole.length - longestText), printedAt });
    }
    from = end + 1;
  }
  return lines;
}
