import { sql } from "drizzle-orm";
import { notes } from "#db/schema/feed.ts";
import { type Note, type NoteKind, noteLinkSchema, noteTextSchema } from "#server/domain/note.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { publishNote } from "./publish.ts";
import { readNote } from "./read-note.ts";

export interface NoteWish {
  kind: NoteKind;
  /** Markdown; empty takes the note back. */
  text: string;
  linkUrl: string | null;
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
  const note: Note = { kind: wish.kind, text, linkUrl: text === "" ? null : linkUrl };
  await inTransaction(ctx, async (tx) => {
    // One after the other: each looks at what the one before has written.
    await tx.db.execute(sql`select from services where id = ${service.id} for no key update`);
    const before = await readNote(tx, service.id, sha);
    if (wish.version !== undefined && wish.version !== (before?.version ?? 0)) {
      throw new ConflictError("Somebody has changed the note meanwhile. Look at theirs first.");
    }
    if (before === null && text === "") return;
    await tx.db.insert(notes).values({ serviceId: service.id, sha, ...note, writtenByName: tx.actor.name });
    await record(tx, {
      action: "feed/write-note",
      subject: `service:${service.slug}`,
      before: before === null ? {} : { sha, kind: before.kind, text: before.text, linkUrl: before.linkUrl },
      after: { sha, ...note },
    });
    await publishNote(tx, { serviceId: service.id, sha });
  });
}
