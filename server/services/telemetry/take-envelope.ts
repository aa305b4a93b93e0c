import { addToSlot, slotOf } from "#server/domain/latency-slots.ts";
import { otherRoutes, routeTemplate } from "#server/domain/route-template.ts";
import type { SentryFrame } from "#server/domain/stack-frames.ts";
import { listOf, numberOf, type Part, partOf, textOf } from "./otlp-attributes.ts";
import { type Envelope, json } from "./sentry-envelope.ts";
import type { Tally, ToldError } from "./tally.ts";

export interface EnvelopeTaking {
  serviceEnvironmentId: number;
  tally: Tally;
  /** Seconds of Unix time. */
  now: number;
  /** Whether the moment can be true: not of the future, and not long past. */
  isTrue(at: number): boolean;
  /** Whether sessions are told of, from now on where `isTold`: then spans and transactions tell of latency alone. */
  countsSessions(isTold: boolean): boolean;
}

const msPerSecond = 1_000;
const serverOperation = "http.server";
/** Trace statuses of what failed, as Sentry's SDKs derive them from HTTP's. */
const failures = new Set([
  "internal_error",
  "unavailable",
  "data_loss",
  "unknown_error",
  "deadline_exceeded",
]);
const errorLevels = new Set(["", "error", "fatal"]);

/** Adds up what an envelope tells: errors, sessions of requests, and transactions. Resolves with how many items counted. */
export function takeEnvelope(
  { items }: Envelope,
  taking: EnvelopeTaking,
): { taken: number; refused: number } {
  let [taken, refused] = [0, 0];
  for (const { type, payload } of items) {
    const take = takers[type];
    // Profiles, replays, check-ins and reports of clients are of no use here.
    if (take === undefined) continue;
    const body = json(payload);
    if (body !== undefined && take(partOf(body), taking)) taken += 1;
    else refused += 1;
  }
  return { taken, refused };
}

const takers: Record<string, (body: Part, taking: EnvelopeTaking) => boolean> = {
  event: takeEvent,
  transaction: takeTransaction,
  span: takeSpans,
  sessions: takeSessions,
  session: takeSession,
};

function takeEvent(body: Part, taking: EnvelopeTaking): boolean {
  const at = Math.floor(momentOf(body.timestamp) || taking.now);
  if (!taking.isTrue(at)) return false;
  if (!errorLevels.has(textOf(body.level))) return true;
  const values = listOf(partOf(body.exception).values ?? body.exception);
  // The causes come first: what was thrown at last is what happened.
  const thrown = partOf(values.at(-1));
  const message = textOf(thrown.value) || textOf(partOf(body.logentry).formatted) || textOf(body.message);
  const type = textOf(thrown.type) || "Error";
  const frames = listOf(partOf(thrown.stacktrace).frames).map(frameOf);
  if (message === "" && values.length === 0) return false;
  const error: ToldError = {
    ...{ serviceEnvironmentId: taking.serviceEnvironmentId, source: "sentry", at, count: 1 },
    ...{ version: textOf(body.release), type, message, stack: frames },
    route: routeOf(textOf(body.transaction)),
  };
  taking.tally.addError(error);
  return true;
}

function frameOf(told: unknown): SentryFrame {
  const { filename, abs_path: absolute, module, function: name, lineno, in_app: inApp } = partOf(told);
  return {
    filename: textOf(filename),
    abs_path: textOf(absolute),
    module: textOf(module),
    function: textOf(name),
    lineno: typeof lineno === "number" ? lineno : null,
    in_app: typeof inApp === "boolean" ? inApp : null,
  };
}

function takeTransaction(body: Part, taking: EnvelopeTaking): boolean {
  const { trace, response } = partOf(body.contexts);
  const { op, status, data } = partOf(trace);
  if (op !== serverOperation) return true;
  return takeRequest(taking, {
    version: textOf(body.release),
    start: momentOf(body.start_timestamp),
    end: momentOf(body.timestamp),
    status: numberOf(partOf(data)["http.response.status_code"] ?? partOf(response).status_code),
    isFailure: failures.has(textOf(status)),
    route: routeOf(textOf(body.transaction)),
  });
}

/** Newer SDKs send spans as they end, where older ones sent transactions: those of a request are segments. */
function takeSpans(body: Part, taking: EnvelopeTaking): boolean {
  const told = listOf(body.items).map((item) => takeSpan(partOf(item), taking));
  return !told.includes(false);
}

function takeSpan(span: Part, taking: EnvelopeTaking): boolean {
  const at = (name: string) => partOf(partOf(span.attributes)[name]).value;
  if (span.is_segment !== true || at("sentry.op") !== serverOperation) return true;
  return takeRequest(taking, {
    version: textOf(at("sentry.release")),
    start: momentOf(span.start_timestamp),
    end: momentOf(span.end_timestamp),
    status: numberOf(at("http.response.status_code")),
    isFailure: span.status === "error",
    route: routeOf(textOf(at("http.route")) || textOf(at("url.path"))),
  });
}

interface SentryRequest {
  version: string;
  /** Seconds of Unix time. */
  start: number;
  end: number;
  status: number;
  isFailure: boolean;
  route: string | null;
}

function takeRequest(taking: EnvelopeTaking, request: SentryRequest): boolean {
  const { version, start, end, status, isFailure } = request;
  const { tally, serviceEnvironmentId } = taking;
  const endedAt = Math.floor(end);
  if (!(end >= start) || !taking.isTrue(endedAt)) return false;
  const route = request.route ?? otherRoutes;
  const latencyMs = (end - start) * msPerSecond;
  const source = tally.of(serviceEnvironmentId, "sentry", version);
  if (taking.countsSessions(false)) {
    addToSlot(source.counts(route, endedAt, 1, half()).latency, slotOf(latencyMs), 1);
  } else {
    source.add({ endedAt, latencyMs, status: Number.isInteger(status) ? status : 0, isFailure, route });
  }
  return true;
}

/** Of a minute each: `exited` were well, `errored` met an error that was handled, `crashed` one that was not. */
function takeSessions(body: Part, taking: EnvelopeTaking): boolean {
  let isTrue = true;
  for (const told of listOf(body.aggregates)) {
    const { started, exited, errored, crashed, abnormal } = partOf(told);
    const at = Math.floor(momentOf(started));
    const well = countOf(exited);
    const failed = countOf(errored) + countOf(crashed) + countOf(abnormal);
    if (!taking.isTrue(at) || !Number.isSafeInteger(well + failed)) {
      isTrue = false;
      continue;
    }
    taking.countsSessions(true);
    const counts = sourceOf(partOf(body.attrs), taking).counts(otherRoutes, at, sessionSeconds, half());
    counts.requests += well + failed;
    counts.serverErrors += failed;
  }
  return isTrue;
}
const sessionSeconds = 60;

function takeSession(body: Part, taking: EnvelopeTaking): boolean {
  const at = Math.floor(momentOf(body.timestamp) || momentOf(body.started) || taking.now);
  if (!taking.isTrue(at)) return false;
  const status = textOf(body.status);
  // One that goes on is told of again.
  if (status === "ok") return true;
  taking.countsSessions(true);
  const counts = sourceOf(partOf(body.attrs), taking).counts(otherRoutes, at, 1, half());
  counts.requests += 1;
  if (status !== "exited" || numberOf(body.errors) > 0) counts.serverErrors += 1;
  return true;
}

function sourceOf(told: Part, { tally, serviceEnvironmentId }: EnvelopeTaking) {
  return tally.of(serviceEnvironmentId, "sentry", textOf(told.release));
}

/** `GET /orders/:id` as `/orders/:id`; null where it names no path. */
function routeOf(transaction: string): string | null {
  const path = /^(?:[A-Z]+ )?(\/\S*)$/.exec(transaction)?.[1];
  return path === undefined ? null : routeTemplate(path);
}

/** Seconds of Unix time, from that or from ISO 8601; NaN where it is neither. */
function momentOf(told: unknown): number {
  if (typeof told === "number") return told;
  return typeof told === "string" ? Date.parse(told) / msPerSecond : Number.NaN;
}

/** Nothing told is none. */
function countOf(told: unknown): number {
  if (told === undefined || told === null) return 0;
  const count = numberOf(told);
  return Number.isSafeInteger(count) && count >= 0 ? count : Number.NaN;
}

function half(): 0 | 1 {
  return Math.random() < 0.5 ? 0 : 1;
}
