import { mostPictureBytes, mostPictureSide, type PictureType } from "#server/domain/picture.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { cleanGif } from "./clean-gif.ts";
import { cleanJpeg } from "./clean-jpeg.ts";
import { cleanPng } from "./clean-png.ts";
import { cleanWebp } from "./clean-webp.ts";
import { brokenPicture, type CleanPicture } from "./picture-bytes.ts";

/**
 * A picture as it may be shown to everybody: only the parts that make up what is to be seen are taken over, by lists of
 * what is known, so that places, names, comments and whatever else a camera or an editor has written stay behind. No
 * pixel is decoded here.
 */
const cleaners: Record<
  PictureType,
  { isIt: (bytes: Buffer) => boolean; clean: (bytes: Buffer) => CleanPicture }
> = {
  "image/png": { isIt: (bytes) => startsWith(bytes, "\x89PNG\r\n\x1a\n"), clean: cleanPng },
  "image/jpeg": { isIt: (bytes) => startsWith(bytes, "\xff\xd8\xff"), clean: cleanJpeg },
  "image/webp": {
    isIt: (bytes) => startsWith(bytes, "RIFF") && startsWith(bytes.subarray(8), "WEBP"),
    clean: cleanWebp,
  },
  "image/gif": { isIt: (bytes) => /^GIF8[79]a/.test(bytes.toString("latin1", 0, 6)), clean: cleanGif },
};

/** What it is, by its own bytes rather than by what the sender says. ValidationError where it may not be shown. */
export function cleanPicture(bytes: Buffer): CleanPicture & { mediaType: PictureType } {
  if (bytes.length > mostPictureBytes) throw new ValidationError("A picture has at most 1 MB.", "picture");
  for (const [mediaType, { isIt, clean }] of Object.entries(cleaners)) {
    if (isIt(bytes)) return { mediaType: mediaType as PictureType, ...bounded(readWhole(clean, bytes)) };
  }
  throw new ValidationError("A picture is a PNG, JPEG, WebP or GIF file.", "picture");
}

function startsWith(bytes: Buffer, start: string): boolean {
  return bytes.toString("latin1", 0, start.length) === start;
}

function readWhole(clean: (bytes: Buffer) => CleanPicture, bytes: Buffer): CleanPicture {
  try {
    return clean(bytes);
  } catch (error) {
    // Buffers say so where something is read beyond their end.
    if (error instanceof RangeError) throw brokenPicture();
    throw error;
  }
}

function bounded(picture: CleanPicture): CleanPicture {
  const { width, height } = picture;
  if (width < 1 || height < 1) throw brokenPicture();
  if (width <= mostPictureSide && height <= mostPictureSide) return picture;
  throw new ValidationError(
    `A picture is at most ${mostPictureSide} pixels wide and high; this one has ${width} × ${height}.`,
    "picture",
  );
}
