import { ansiPieces, type TextPiece } from "./ansi-pieces.ts";

export interface MarkedPiece extends TextPiece {
  /** Where it begins in the line; its key. */
  start: number;
  isMatch: boolean;
}

/** The pieces of a line, cut where what is searched for begins and ends; upper and lower case are the same. */
export function markedPieces(line: string, find: string): MarkedPiece[] {
  const pieces = ansiPieces(line);
  const ranges = find === "" ? [] : occurrences(pieces.map((piece) => piece.text).join(""), find);
  const cuts = ranges.flatMap((range) => [range.from, range.to]);
  const marked: MarkedPiece[] = [];
  let start = 0;
  for (const piece of pieces) {
    const end = start + piece.text.length;
    const edges = [start, ...cuts.filter((cut) => cut > start && cut < end), end];
    for (const [position, from] of edges.slice(0, -1).entries()) {
      const text = piece.text.slice(from - start, (edges[position + 1] ?? end) - start);
      const isMatch = ranges.some((range) => from >= range.from && from < range.to);
      marked.push({ text, className: piece.className, start: from, isMatch });
    }
    start = end;
  }
  return marked;
}

function occurrences(text: string, find: string): { from: number; to: number }[] {
  const [haystack, needle] = [text.toLowerCase(), find.toLowerCase()];
  const found: { from: number; to: number }[] = [];
  for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, at + needle.length)) {
    found.push({ from: at, to: at + needle.length });
  }
  return found;
}
