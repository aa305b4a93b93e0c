import { stripVTControlCharacters } from "node:util";

const escapeMark = "\u001b";
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys and a reader never sees.
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Text as a reader sees it: without ANSI sequences and other control characters. */
export function withoutSequences(text: string): string {
  const plain = text.includes(escapeMark) ? stripVTControlCharacters(text) : text;
  return plain.replaceAll(unseen, "");
}
