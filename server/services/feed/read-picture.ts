import { sql } from "drizzle-orm";
import { z } from "zod";
import { publicStates } from "#server/domain/feed.ts";
import { pictureTypes } from "#server/domain/picture.ts";
import type { Context } from "#server/kernel/context.ts";

const schema = z.object({
  mediaType: z.enum(pictureTypes),
  body: z.instanceof(Uint8Array),
  /** Whether a line of the public feed shows it at this moment. */
  isPublic: z.boolean(),
});
export type ReadPicture = z.infer<typeof schema>;

/** Null where there is none of this id. */
export async function readPicture(ctx: Context, id: string): Promise<ReadPicture | null> {
  const states = sql.join(
    publicStates.map((state) => sql`${state}`),
    sql`, `,
  );
  const [row] = await ctx.db.execute(sql`
    select media_type as "mediaType", body, exists (
      select from notes as note
        join services on services.id = note.service_id
        join service_environments as place on place.service_id = services.id
        join environments on environments.id = place.environment_id
        join deployments on deployments.service_environment_id = place.id and deployments.sha = note.sha
        join feed_items as line on line.deployment_id = deployments.id
      where note.picture_id = picture.id
        and not exists (
          select from notes as newer
          where newer.service_id = note.service_id and newer.sha = note.sha and newer.id > note.id)
        and services.is_public and services.removal_requested_at is null and environments.is_shown
        and line.state in (${states})) as "isPublic"
    from note_pictures as picture where picture.id = ${id}::uuid`);
  return row === undefined ? null : schema.parse(row);
}
