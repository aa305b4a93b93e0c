import { sql } from "drizzle-orm";
import { notePictures } from "#db/schema/feed.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { cleanPicture } from "./clean-picture.ts";

/** Enough for whoever tries out which picture fits, and no way to fill the database. */
const mostAnHour = 30;

/** What a note names it by, and how much place it takes. */
export interface KeptPicture {
  id: string;
  width: number;
  height: number;
}

/**
 * Keeps a picture for a note, without what its camera said of it. ValidationError where it may not be shown, ConflictError
 * after too many.
 */
export async function keepPicture(
  ctx: Context,
  service: { id: number; slug: string },
  bytes: Buffer,
): Promise<KeptPicture> {
  const person = demandPerson(ctx, "deploy");
  const { bytes: body, mediaType, width, height } = cleanPicture(bytes);
  return inTransaction(ctx, async (tx) => {
    // One after the other: each counts what the one before has kept.
    await tx.db.execute(sql`select from users where id = ${person.id} for no key update`);
    const [recent] = await tx.db.execute(sql`
      select count(*)::int as count from ${notePictures}
      where uploaded_by = ${person.id} and uploaded_at > clock_timestamp() - interval '1 hour'`);
    if (Number(recent?.count) >= mostAnHour) {
      throw new ConflictError(`You have uploaded ${mostAnHour} pictures within an hour. Wait a little.`);
    }
    const [kept] = await tx.db
      .insert(notePictures)
      .values({ serviceId: service.id, mediaType, width, height, body, uploadedBy: person.id })
      .returning({ id: notePictures.id });
    if (kept === undefined) throw new Error("The picture's row was not returned.");
    await record(tx, {
      action: "feed/upload-picture",
      subject: `service:${service.slug}`,
      after: { picture: kept.id, mediaType, bytes: body.length, width, height },
    });
    return { id: kept.id, width, height };
  });
}
