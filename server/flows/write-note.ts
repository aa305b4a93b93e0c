import type { RenderedNote } from "#server/domain/public-item.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { dismissNote } from "#server/services/feed/dismiss-note.ts";
import { type KeptPicture, keepPicture } from "#server/services/feed/keep-picture.ts";
import { readNote, type WrittenNote } from "#server/services/feed/read-note.ts";
import { renderNote } from "#server/services/feed/render-note.ts";
import { type NoteWish, writeNote } from "#server/services/feed/write-note.ts";
import { getService } from "#server/services/services/get-service.ts";

export interface NotePage {
  /** Null where there never was one. */
  note: WrittenNote | null;
  /** As readers see it; null where there is none, or it was taken back. */
  rendered: RenderedNote | null;
  /** Whether the public feed shows what this service ships. */
  isPublic: boolean;
}

/** What stakeholders are told of this commit of the service. */
export async function readNoteOf(
  ctx: Context,
  { serviceSlug, sha }: { serviceSlug: string; sha: string },
): Promise<NotePage> {
  const service = await getService(ctx, serviceSlug);
  const note = await readNote(ctx, service.id, sha);
  const rendered = note === null || note.text === "" ? null : renderNote(note.text);
  return { note, rendered, isPublic: service.publicity.isPublic };
}

/** Tells stakeholders what a commit brings, before or after it is shipped. ValidationError names the field. */
export async function writeNoteOf(
  ctx: Context,
  input: NoteWish & { serviceSlug: string; sha: string },
): Promise<void> {
  const { serviceSlug, sha, ...wish } = input;
  await writeNote(ctx, await serviceOf(ctx, input), sha, wish);
}

/** Says that a commit changes nothing for users: nobody is asked for a note any more. ValidationError names the field. */
export async function dismissNoteOf(
  ctx: Context,
  input: { serviceSlug: string; sha: string },
): Promise<void> {
  await dismissNote(ctx, await serviceOf(ctx, input), input.sha);
}

/** Keeps a picture for a note of this service. ValidationError where it may not be shown. */
export async function keepPictureFor(ctx: Context, serviceSlug: string, bytes: Buffer): Promise<KeptPicture> {
  demand(ctx, "deploy", serviceSlug);
  const { id, slug } = await getService(ctx, serviceSlug);
  return keepPicture(ctx, { id, slug }, bytes);
}

async function serviceOf(ctx: Context, { serviceSlug, sha }: { serviceSlug: string; sha: string }) {
  demand(ctx, "deploy", serviceSlug);
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new ValidationError("Name the commit by its whole SHA.", "sha");
  const { id, slug } = await getService(ctx, serviceSlug);
  return { id, slug };
}
