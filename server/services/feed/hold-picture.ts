import { and, eq } from "drizzle-orm";
import { notePictures } from "#db/schema/feed.ts";
import type { Context } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";

/** Keeps a picture of this service from being dropped until the transaction ends. ValidationError where it is none. */
export async function holdPicture(tx: Context, serviceId: number, id: string): Promise<void> {
  const rows = await tx.db
    .select({ id: notePictures.id })
    .from(notePictures)
    .where(and(eq(notePictures.id, id), eq(notePictures.serviceId, serviceId)))
    .for("key share");
  if (rows.length === 0)
    throw new ValidationError("This picture is not kept any more: choose it again.", "picture");
}
