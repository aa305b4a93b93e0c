import { wellFormedText } from "./text.ts";

/** A picture beside a note: what it may be, and what is told of it. */

/** Nothing that can hold a script, or load something else. */
export const pictureTypes = ["image/png", "image/jpeg", "image/webp", "image/gif"] as const;
export type PictureType = (typeof pictureTypes)[number];

export const mostPictureBytes = 1024 * 1024;
/** Readers' devices hold every pixel in memory, however small the file. */
export const mostPictureSide = 6_000;

const mostDescriptionCharacters = 500;

export const pictureDescriptionSchema = wellFormedText
  .trim()
  .min(1, "Say what is to be seen, for those who cannot see it.")
  .max(mostDescriptionCharacters, `A description has at most ${mostDescriptionCharacters} characters.`);

export interface NotePicture {
  /** Opaque. */
  id: string;
  /** For those who cannot see it. */
  description: string;
  /** In pixels, as it is shown. */
  width: number;
  height: number;
}
