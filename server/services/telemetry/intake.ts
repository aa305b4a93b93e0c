import { setTimeout as delay } from "node:timers/promises";
import { describeError } from "#server/domain/describe-error.ts";
import type { ErrorSighting } from "#server/domain/error-sighting.ts";
import { addSlots } from "#server/domain/latency-slots.ts";
import { bucketSeconds, type CountRow } from "#server/domain/request-counts.ts";
import { framesOfSentry, parseStackTrace } from "#server/domain/stack-frames.ts";
import type { Context } from "#server/kernel/context.ts";
import { databaseProblem } from "#server/kernel/database-problem.ts";
import type { Logger } from "#server/kernel/logger.ts";
import type { BatchStore } from "./batch-store.ts";
import { takeLogs } from "./otlp-logs.ts";
import { decode, logsMessage, metricsMessage } from "./otlp-messages.ts";
import { type RequestPoint, requestPoints } from "./otlp-metrics.ts";
import { readSpans } from "./otlp-spans.ts";
import { takeSpans } from "./otlp-spans-json.ts";
import type { SpanTaker, ToldResource } from "./otlp-told.ts";
import { RequestDifferences } from "./request-differences.ts";
import { type ResolvedVersion, resolveReleases, type ToldVersion } from "./resolve-releases.ts";
import { readEnvelope } from "./sentry-envelope.ts";
import { takeEnvelope } from "./take-envelope.ts";
import { type SourceTally, type TalliedRow, Tally, type ToldError } from "./tally.ts";
import { WhatCounts } from "./what-counts.ts";

export type OtlpKind = "traces" | "metrics" | "logs";
export type OtlpFormat = "protobuf" | "json";

/** How much of a body counted, and how much could not be true. */
export interface Taken {
  taken: number;
  refused: number;
}

export interface IntakeParts {
  ctx: Context;
  logger: Logger;
  store: Pick<BatchStore, "add">;
}

const flushEveryMs = 400;
/** More rows than that wait for the database: whoever tells more is asked to come again. */
const mostRows = 50_000;
const futureSeconds = 60;
/** What metrics tell is of as long as lies between two exports. */
const longestBucket = 600;
const retryMs = 250;
const pastSeconds = 24 * 3_600;

/** Takes in what services tell of themselves, adds it up in memory, and stores it twice a second and more. */
export class Intake {
  private readonly parts: IntakeParts;
  private readonly tally = new Tally();
  private readonly differences = new RequestDifferences();
  private readonly whatCounts = new WhatCounts();
  private readonly timer: NodeJS.Timeout;
  private storing: Promise<void> = Promise.resolve();
  private isStoring = false;

  constructor(parts: IntakeParts) {
    this.parts = parts;
    this.timer = setInterval(() => this.flush(), flushEveryMs);
  }

  /** Whether nothing more is to be taken for a moment. */
  get isFull(): boolean {
    return this.tally.size >= mostRows;
  }

  /** Throws WireError, and SyntaxError where JSON is none. */
  otlp(serviceEnvironmentId: number, kind: OtlpKind, format: OtlpFormat, body: Buffer): Taken {
    const taken: Taken = { taken: 0, refused: 0 };
    if (kind === "metrics") {
      const told = format === "json" ? parsed(body) : decode(metricsMessage, body);
      for (const point of requestPoints(told)) this.takePoint(serviceEnvironmentId, point, taken);
      return taken;
    }
    const taker = this.spanTaker(serviceEnvironmentId, taken);
    if (kind === "logs") takeLogs(format === "json" ? parsed(body) : decode(logsMessage, body), taker);
    else if (format === "json") takeSpans(parsed(body), taker);
    else readSpans(body, taker);
    return taken;
  }

  /** Throws EnvelopeError. */
  sentry(serviceEnvironmentId: number, body: Buffer): Taken {
    const now = this.now();
    return takeEnvelope(readEnvelope(body), {
      ...{ serviceEnvironmentId, tally: this.tally, now },
      isTrue: (at) => this.isTrue(at),
      countsSessions: (isTold) => this.whatCounts.sessions(serviceEnvironmentId, now, isTold),
    });
  }

  /** Resolves when what was told is with the store. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.storing;
    this.flush();
    await this.storing;
  }

  private spanTaker(serviceEnvironmentId: number, taken: Taken): SpanTaker {
    const { tally, whatCounts } = this;
    const now = this.now();
    const [earliest, latest] = [now - pastSeconds, now + futureSeconds];
    let source: SourceTally = tally.of(serviceEnvironmentId, "otlp", "");
    let resource: ToldResource = { version: "", instanceId: "" };
    let isCounted = true;
    return {
      resource(told) {
        resource = told;
        source = tally.of(serviceEnvironmentId, "otlp", told.version);
        isCounted = whatCounts.spans(serviceEnvironmentId, told.instanceId, now);
      },
      request(request) {
        const { endedAt, latencyMs } = request;
        if (!(endedAt >= earliest && endedAt <= latest && latencyMs >= 0)) {
          taken.refused += 1;
          return;
        }
        taken.taken += 1;
        if (isCounted) source.add(request);
      },
      exception({ type, message, stack }, told, route) {
        const at = told >= earliest && told <= latest ? told : now;
        const { version } = resource;
        const error: ToldError = {
          ...{ serviceEnvironmentId, source: "otlp", version, route, at, count: 1 },
          ...{ type: type === "" ? "Error" : type, message, stack },
        };
        tally.addError(error);
      },
    };
  }

  private takePoint(serviceEnvironmentId: number, point: RequestPoint, taken: Taken): void {
    const { resource, series, route, status } = point;
    const { version, instanceId } = resource;
    const isToldOtherwise = this.whatCounts.metrics(serviceEnvironmentId, instanceId, this.now());
    const key = [serviceEnvironmentId, version, instanceId, series].join("\n");
    if (point.latency === null || !this.isTrue(point.at)) {
      taken.refused += 1;
      return;
    }
    taken.taken += 1;
    const difference = this.differences.take(key, point, isToldOtherwise);
    if (difference === null) return;
    const { beginsAt, seconds } = bucketOf(difference);
    const counts = this.tally
      .of(serviceEnvironmentId, "otlp", version)
      .counts(route, beginsAt, seconds, Math.random() < 0.5 ? 0 : 1);
    const requests = difference.latency.reduce((sum, count) => sum + count, 0);
    counts.requests += requests;
    if (status >= 500) counts.serverErrors += requests;
    else if (status >= 400) counts.clientErrors += requests;
    addSlots(counts.latency, difference.latency);
  }

  private isTrue(at: number): boolean {
    const now = this.now();
    return at >= now - pastSeconds && at <= now + futureSeconds;
  }

  private now(): number {
    return Math.floor(this.parts.ctx.now().getTime() / 1_000);
  }

  private flush(): void {
    if (this.isStoring || this.tally.size + this.tally.errorCount === 0) return;
    const { rows, errors } = this.tally.take();
    this.isStoring = true;
    this.storing = this.store(rows, errors).finally(() => {
      this.isStoring = false;
    });
  }
  /** Tries until the database answers: until then nothing more is taken out of memory. */
  private async store(rows: TalliedRow[], errors: ToldError[]): Promise<void> {
    const { ctx, logger, store } = this.parts;
    for (let isFirst = true; ; isFirst = false) {
      try {
        const resolved = await resolveReleases(ctx, versionsIn([...rows, ...errors]));
        store.add(countRows(rows, resolved), sightings(errors, resolved));
        return;
      } catch (error) {
        if (isFirst) logger.warn(`Storing telemetry fails and is repeated: ${databaseProblem(error)}`);
        await delay(retryMs);
      }
    }
  }
}

function versionsIn(told: readonly (TalliedRow | ToldError)[]): ToldVersion[] {
  const versions = told.map(({ serviceEnvironmentId, version }) => ({ serviceEnvironmentId, version }));
  return [...new Map(versions.map((one) => [keyOf(one), one])).values()];
}

const keyOf = ({ serviceEnvironmentId, version }: ToldVersion) => `${serviceEnvironmentId} ${version}`;

/** Where nobody watches, seconds are not told apart. */
function countRows(rows: readonly TalliedRow[], resolved: readonly ResolvedVersion[]): CountRow[] {
  const byKey = new Map(resolved.map((one) => [keyOf(one), one]));
  return rows.flatMap(({ version, ...row }) => {
    const known = byKey.get(keyOf({ ...row, version }));
    if (known === undefined) return [];
    const least = known.isWatched ? bucketSeconds.watched : bucketSeconds.unwatched;
    const seconds = Math.max(row.seconds, least);
    const beginsAt = row.beginsAt - (row.beginsAt % Math.min(seconds, bucketSeconds.unwatched));
    return { ...row, releaseId: known.releaseId, byShare: false, seconds, beginsAt };
  });
}

function sightings(errors: readonly ToldError[], resolved: readonly ResolvedVersion[]): ErrorSighting[] {
  const byKey = new Map(resolved.map((one) => [keyOf(one), one]));
  return errors.flatMap((error) => {
    const { serviceEnvironmentId, source, route, at, count, type, message, stack } = error;
    const known = byKey.get(keyOf(error));
    if (known === undefined) return [];
    const frames = typeof stack === "string" ? parseStackTrace(stack) : framesOfSentry(stack);
    const beginsAt = at - (at % secondsPerMinute);
    const { releaseId } = known;
    return {
      ...{ serviceEnvironmentId, releaseId, source, route, beginsAt, count },
      ...describeError({ type, message, frames }),
    };
  });
}
const secondsPerMinute = 60;

/** Whole tens of seconds, as what is counted one by one where nobody watches. */
function bucketOf({ beginsAt, endsAt }: { beginsAt: number; endsAt: number }) {
  const ten = bucketSeconds.unwatched;
  const seconds = Math.min(Math.max(ten, Math.round((endsAt - beginsAt) / ten) * ten), longestBucket);
  const begin = Math.floor(endsAt - seconds);
  return { beginsAt: begin - (begin % ten), seconds };
}

function parsed(body: Buffer): unknown {
  return JSON.parse(body.toString("utf8"));
}
