import type { SignalSource } from "./signal-source.ts";

/** Where in the code something went wrong, the innermost first in a list. */
export interface StackFrame {
  /** As the service told it, without the folder that it runs in: a path in its repository where it is the service's own. */
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
