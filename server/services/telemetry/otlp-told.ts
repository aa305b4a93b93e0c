import type { ToldRequest } from "./tally.ts";

/** What is told of a resource: a process of a service. Empty where it does not say. */
export interface ToldResource {
  version: string;
  instanceId: string;
}

export interface ToldException {
  type: string;
  message: string;
  stack: string;
}

/** Who takes what is decoded, while it is decoded. */
export interface SpanTaker {
  /** From here on everything is of this resource. */
  resource(resource: ToldResource): void;
  /** The same object each time: take from it what is needed. */
  request(request: ToldRequest): void;
  /** `at` in seconds of Unix time; `route` is null outside of a server's span. */
  exception(exception: ToldException, at: number, route: string | null): void;
}

/** The numbers that OpenTelemetry gives what is looked for here. */
export const serverKind = 2;
export const errorStatus = 2;
export const exceptionEvent = "exception";
