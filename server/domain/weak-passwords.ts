import { commonPasswords } from "./common-passwords.ts";

/**
 * Why a password that is long enough is guessed all the same, in words; null where it is not. Works offline, on what
 * is tried first: leaked lists, keys in a row, one piece over and over, and what everybody knows of its owner.
 */
export function passwordWeakness(password: string, owner: { name: string; email: string }): string | null {
  const text = password.toLowerCase().replaceAll(/\s+/g, "");
  if (shortestPiece(text).length <= 4) return `This is one short piece over and over. ${advice}`;
  if (isKeyboardWalk(text)) return `These are keys in a row, which are tried first. ${advice}`;
  if (isCommon(text)) return `This is one of the passwords that are tried first. ${advice}`;
  if (isMadeOfOwner(text, owner)) return `This is little more than your name or e-mail. ${advice}`;
  return null;
}

const advice = "Choose another: a few words that have nothing to do with each other are best.";

/** The piece that the whole text repeats; the text itself where it repeats none. */
function shortestPiece(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    const piece = text.slice(0, length);
    if (piece.repeat(Math.ceil(text.length / length)).startsWith(text)) return piece;
  }
  return text;
}

const rows = [
  "12345678901234567890",
  "!@#$%^&*()_+",
  "qwertyuiop[]",
  "asdfghjkl;'",
  "zxcvbnm,./",
  "qwertzuiopü",
  "yxcvbnm,.-",
  "azertyuiop",
  "qsdfghjklm",
  "wxcvbn",
  "abcdefghijklmnopqrstuvwxyz",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
  "qazwsxedcrfvtgbyhnujmikolp",
  "1q2w3e4r5t6y7u8i9o0p",
];
const walks = rows.flatMap((row) => [row, [...row].reverse().join("")]);

/** Whether it is nothing but runs of three keys or more; a key or two at its end change nothing. */
function isKeyboardWalk(text: string): boolean {
  let rest = text;
  while (rest.length > 2) {
    const run = longestRun(rest);
    if (run < 3) return false;
    rest = rest.slice(run);
  }
  return true;
}

function longestRun(text: string): number {
  let length = 0;
  while (length < text.length && walks.some((walk) => walk.includes(text.slice(0, length + 1)))) length += 1;
  return length;
}

/** As it stands, or as a word with a few digits or signs around it or in the place of letters. */
function isCommon(text: string): boolean {
  const word = text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  const isWordMostly = text.length - word.length <= 8;
  const candidates = [text, ...(isWordMostly ? [word, withoutSigns(word)] : [])];
  return candidates.some(
    (candidate) => commonPasswords.has(candidate) || commonPasswords.has(shortestPiece(candidate)),
  );
}

const letterFor: Record<string, string> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "!": "i",
};

function withoutSigns(word: string): string {
  return word.replaceAll(/[0134578@$!]/g, (sign) => letterFor[sign] ?? sign).replaceAll(/[^\p{L}]/gu, "");
}

function isMadeOfOwner(text: string, { name, email }: { name: string; email: string }): boolean {
  const words = `${name} ${email}`.toLowerCase().split(/[^\p{L}]+/u);
  const known = words.filter((word) => word.length >= 3).sort((a, b) => b.length - a.length);
  const letters = text.replaceAll(/[^\p{L}]/gu, "");
  const rest = known.reduce((left, word) => left.replaceAll(word, ""), letters);
  return rest.length < letters.length && rest.length < 4;
}
