import { and, desc, eq } from "drizzle-orm";
import { notePictures, notes } from "#db/schema/feed.ts";
import type { Note } from "#server/domain/note.ts";
import type { Context } from "#server/kernel/context.ts";

export interface WrittenNote extends Note {
  /** Greater for a later one; give it when writing, so that nobody overwrites what they have not seen. */
  version: number;
  writtenByName: string;
  /** ISO 8601, in UTC. */
  writtenAt: string;
}

/** The newest note of this commit, taken back where its text is empty; null where there never was one. */
export async function readNote(ctx: Context, serviceId: number, sha: string): Promise<WrittenNote | null> {
  const [row] = await ctx.db
    .select({
      note: notes,
      picture: { id: notePictures.id, width: notePictures.width, height: notePictures.height },
    })
    .from(notes)
    .leftJoin(notePictures, eq(notePictures.id, notes.pictureId))
    .where(and(eq(notes.serviceId, serviceId), eq(notes.sha, sha)))
    .orderBy(desc(notes.id))
    .limit(1);
  if (row === undefined) return null;
  const { id: version, kind, text, linkUrl, pictureDescription, writtenByName, writtenAt } = row.note;
  const picture = row.picture === null ? null : { ...row.picture, description: pictureDescription ?? "" };
  return { version, kind, text, linkUrl, picture, writtenByName, writtenAt: writtenAt.toISOString() };
}
