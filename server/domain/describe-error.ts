import { cutText } from "./cut-text.ts";
import { errorFingerprint } from "./error-fingerprint.ts";
import type { ErrorSighting, StackFrame } from "./error-sighting.ts";
import { scrubText } from "./scrub-text.ts";

export const mostOfErrorType = 200;
export const mostOfErrorMessage = 1_000;

/** What is kept of an error that a service tells of: its kind, and its words without what is personal or secret. */
export function describeError(raised: {
  type: string | null;
  message: string;
  frames: readonly StackFrame[];
}): Pick<ErrorSighting, "fingerprint" | "type" | "message" | "frames"> {
  const type = scrubText(raised.type?.trim() || "Error", mostOfErrorType);
  const message = scrubText(raised.message.trim(), mostOfErrorMessage);
  const frames = raised.frames.map((frame) => ({
    ...frame,
    file: cutText(frame.file, 300).toWellFormed(),
    function: frame.function === null ? null : cutText(frame.function, 200).toWellFormed(),
  }));
  return { fingerprint: errorFingerprint({ type, message, frames }), type, message, frames };
}
