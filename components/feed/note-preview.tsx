import { Badge } from "#components/ui/badge.tsx";
import { Time } from "#components/ui/time.tsx";
import { type NoteKind, noteKindNames } from "#server/domain/note.ts";
import type { RenderedNote } from "#server/domain/public-item.ts";
import { noteTones } from "./feed-words.ts";
import { NoteText } from "./note-text.tsx";

export type NotePreviewProps = {
  kind: NoteKind;
  rendered: RenderedNote;
  byName?: string;
  at?: string;
};

/** A note as its readers see it. */
export function NotePreview({ kind, rendered, byName, at }: NotePreviewProps) {
  return (
    <section aria-label="As readers see it" className="flex w-full flex-col gap-1.5 border-l-2 py-1 pl-4">
      <p className="font-semibold text-lg wrap-anywhere">
        {rendered.title}{" "}
        <Badge tone={noteTones[kind]} className="align-middle">
          {noteKindNames[kind]}
        </Badge>
      </p>
      {rendered.restHtml !== "" && <NoteText html={rendered.restHtml} />}
      {byName !== undefined && at !== undefined && (
        <p className="text-faint text-sm">
          Written by {byName}, <Time at={at} />
        </p>
      )}
    </section>
  );
}
