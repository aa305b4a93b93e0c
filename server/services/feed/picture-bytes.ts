import { ValidationError } from "#server/kernel/errors.ts";

export interface CleanPicture {
  bytes: Buffer;
  /** In pixels, as it is shown. */
  width: number;
  height: number;
}

export function brokenPicture(): ValidationError {
  return new ValidationError("This file is cut off or broken: save the picture anew.", "picture");
}

/** The part from `start` to `end`, which must be there. */
export function partOf(bytes: Buffer, start: number, end: number): Buffer {
  if (end > bytes.length) throw brokenPicture();
  return bytes.subarray(start, end);
}
