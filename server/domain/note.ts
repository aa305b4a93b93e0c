import type { NotePicture } from "./picture.ts";
import { wellFormedText } from "./text.ts";

/** What a deployer tells stakeholders of a release, in plain language. It belongs to the commit that is shipped. */

export const noteKinds = ["new", "better", "fixed"] as const;
export type NoteKind = (typeof noteKinds)[number];

export const noteKindNames: Record<NoteKind, string> = { new: "New", better: "Better", fixed: "Fixed" };

export const mostNoteCharacters = 4_000;

export const noteTextSchema = wellFormedText
  .trim()
  .max(mostNoteCharacters, `A note has at most ${mostNoteCharacters} characters.`);

export const noteLinkSchema = wellFormedText
  .trim()
  .max(500, "A link has at most 500 characters.")
  .transform((link) => (link === "" ? null : link))
  .nullable()
  .refine((link) => link === null || isWebAddress(link), "A link begins with https:// or http://.");

export interface Note {
  kind: NoteKind;
  /** Markdown. */
  text: string;
  linkUrl: string | null;
  picture: NotePicture | null;
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") && url.username === "";
}

/** A merge brings nothing of its own, and what only those who build it notice is not for stakeholders. */
const unspoken = /^(?:merge\b|wip\b|(?:chore|ci|build|docs|test|tests|refactor|style)(?:\([^)]*\))?!?:)/i;
const prefix = /^(feat|feature|fix|bugfix|perf)(?:\([^)]*\))?!?:\s*/i;

const kindOfPrefix: Record<string, NoteKind> = {
  feat: "new",
  feature: "new",
  fix: "fixed",
  bugfix: "fixed",
  perf: "better",
};

/**
 * A first draft from the commits' subjects, newest first: for a person to rewrite, and never published by itself. Null
 * where none of them says anything to stakeholders.
 */
export function draftNote(subjects: readonly string[]): Pick<Note, "kind" | "text"> | null {
  const spoken = subjects.filter((subject) => subject.trim() !== "" && !unspoken.test(subject.trim()));
  if (spoken.length === 0) return null;
  const kinds = spoken.flatMap(
    (subject) => kindOfPrefix[prefix.exec(subject.trim())?.[1]?.toLowerCase() ?? ""] ?? [],
  );
  const kind = noteKinds.find((candidate) => kinds.includes(candidate)) ?? "better";
  const sentences = [...new Set(spoken.map(asSentence))];
  const text =
    sentences.length === 1 ? (sentences[0] ?? "") : sentences.map((line) => `- ${line}`).join("\n");
  return { kind, text: text.slice(0, mostNoteCharacters) };
}

function asSentence(subject: string): string {
  const plain = subject
    .trim()
    .replace(prefix, "")
    .replace(/\s*\(#\d+\)$/, "")
    .replace(/\.$/, "");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}
