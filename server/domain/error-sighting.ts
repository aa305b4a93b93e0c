import type { SignalSource } from "./signal-source.ts";

/** Where in the code something went wrong, the innermost first in a list. */
export interface StackFrame {
  /** As the service told it, without the folder that it ran or was built in. */
  file: string;
  function: string | null;
  line: number | null;
  /** The service's own code, not a library's or the runtime's. */
  isOwn: boolean;
}

/** Errors of one kind that a service told of in one stretch of time, with one of them as an example. */
export interface ErrorSighting {
  serviceEnvironmentId: number;
  /** The release that told of it; 0 where none is known by that name. */
  releaseId: number;
  source: SignalSource;
  /** The same for errors of one cause, whatever their words: by type and own frames. */
  fingerprint: string;
  /** Such as `TypeError`. */
  type: string;
  /** Scrubbed of personal data and secrets, as all that is kept. */
  message: string;
  frames: StackFrame[];
  /** The route that was asked for, as a template; null where none is known. */
  route: string | null;
  /** Seconds of Unix time at which the minute begins in which it was seen. */
  beginsAt: number;
  count: number;
}

/** One of them as an example. */
export interface ErrorSample extends Pick<ErrorSighting, "message" | "frames" | "route"> {
  /** Whose lines the frames speak of. */
  releaseId: number;
}

/** Stands for all errors of a service environment that there was no room for. */
export const otherErrors = "other";

/** Where an error is thought to come from: the innermost frame of the service's own, else the innermost of all. */
export function culpritOf(frames: readonly StackFrame[]): string | null {
  const frame = frames.find(({ isOwn }) => isOwn) ?? frames[0];
  if (frame === undefined) return null;
  return frame.function === null ? frame.file : `${frame.file} · ${frame.function}`;
}
