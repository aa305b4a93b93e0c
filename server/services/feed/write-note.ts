import { sql } from "drizzle-orm";
import { notes } from "#db/schema/feed.ts";
import { type NoteKind, noteLinkSchema, noteTextSchema } from "#server/domain/note.ts";
import { pictureDescriptionSchema } from "#server/domain/picture.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { holdPicture } from "./hold-picture.ts";
import { publishNote } from "./publish.ts";
import { readNote, type WrittenNote } from "./read-note.ts";

export interface NoteWish {
  kind: NoteKind;
  /** Markdown; empty takes the note back. */
  text: string;
  linkUrl: string | null;
  /** One that was uploaded for this service; left out where it shows none. */
  picture?: { id: string; description: string } | null | undefined;
  /** Of the note that was on the page; 0 where there was none, left out to write in any case. */
  version?: number | undefined;
}

/** Says to stakeholders what a commit brings, wherever it is shipped. ConflictError where somebody was quicker. */
export async function writeNote(
  ctx: Context,
  service: { id: number; slug: string },
  sha: string,
  wish: NoteWish,
): Promise<void> {
  const text = parseField("text", noteTextSchema, wish.text);
  const linkUrl = parseField("linkUrl", noteLinkSchema, wish.linkUrl);
  const picture = wish.picture == null || text === "" ? null : wish.picture;
  const pictureDescription =
    picture === null ? null : parseField("pictureDescription", pictureDescriptionSchema, picture.description);
  const note = {
    kind: wish.kind,
    text,
    linkUrl: text === "" ? null : linkUrl,
    pictureId: picture?.id ?? null,
    pictureDescription,
  };
  await inTransaction(ctx, async (tx) => {
    // One after the other: each looks at what the one before has written.
    await tx.db.execute(sql`select from services where id = ${service.id} for no key update`);
    const before = await readNote(tx, service.id, sha);
    if (wish.version !== undefined && wish.version !== (before?.version ?? 0)) {
      throw new ConflictError("Somebody has changed the note meanwhile. Look at theirs first.");
    }
    if (before === null && text === "") return;
    if (picture !== null) await holdPicture(tx, service.id, picture.id);
    await tx.db.insert(notes).values({ serviceId: service.id, sha, ...note, writtenByName: tx.actor.name });
    await record(tx, {
      action: "feed/write-note",
      subject: `service:${service.slug}`,
      before: before === null ? {} : { sha, ...recorded(before) },
      after: { sha, ...note },
    });
    await publishNote(tx, { serviceId: service.id, sha });
  });
}

function recorded({ kind, text, linkUrl, picture }: WrittenNote) {
  const { id: pictureId = null, description: pictureDescription = null } = picture ?? {};
  return { kind, text, linkUrl, pictureId, pictureDescription };
}
