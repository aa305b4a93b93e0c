import { Badge } from "#components/ui/badge.tsx";
import { Time } from "#components/ui/time.tsx";
import { type NoteKind, noteKindNames } from "#server/domain/note.ts";
import type { NotePicture } from "#server/domain/picture.ts";
import type { RenderedNote } from "#server/domain/public-item.ts";
import { noteTones } from "./feed-words.ts";
import { NotePictureImage } from "./note-picture-image.tsx";
import { NoteText } from "./note-text.tsx";

export type NotePreviewProps = {
  kind: NoteKind;
  rendered: RenderedNote;
  picture: NotePicture | null;
  byName?: string;
  at?: string;
};

/** A note as its readers see it. */
export function NotePreview({ kind, rendered, picture, byName, at }: NotePreviewProps) {
  return (
    <section aria-label="As readers see it" className="flex w-full flex-col gap-1.5 border-l-2 py-1 pl-4">
      <p className="font-semibold text-lg wrap-anywhere">
        {rendered.title}{" "}
        <Badge tone={noteTones[kind]} className="align-middle">
          {noteKindNames[kind]}
        </Badge>
      </p>
      {rendered.restHtml !== "" && <NoteText html={rendered.restHtml} />}
      {picture !== null && <NotePictureImage picture={picture} />}
      {byName !== undefined && at !== undefined && (
        <p className="text-faint text-sm">
          Written by {byName}, <Time at={at} />
        </p>
      )}
    </section>
  );
}
