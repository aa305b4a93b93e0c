import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TelemetryKind } from "#server/domain/signal-source.ts";
import { telemetryKeyHeader } from "#server/domain/telemetry-variables.ts";
import { type Context, systemContext } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import type { Portal } from "#server/kernel/portal.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { BatchStore } from "#server/services/telemetry/batch-store.ts";
import { type Heard, noteHeard } from "#server/services/telemetry/heard.ts";
import { Intake, type OtlpKind } from "#server/services/telemetry/intake.ts";
import { WireError } from "#server/services/telemetry/protobuf-wire.ts";
import { EnvelopeError } from "#server/services/telemetry/sentry-envelope.ts";
import { KeyDoor } from "./key-door.ts";
import { answerRefused, answerTaken, formatOf } from "./otlp-answers.ts";
import { BodyError, readBody } from "./read-body.ts";

/** Where telemetry is taken in. Each path is opened by a key of its service environment, and by nothing else. */
export interface TelemetryIntake {
  /** False where the path is another's, and nothing was done. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): boolean;
  /** Resolves when what was taken in is stored, or cannot be within seconds. */
  stop(): Promise<void>;
}

const otlpKinds: Record<string, OtlpKind> = {
  "/v1/traces": "traces",
  "/v1/metrics": "metrics",
  "/v1/logs": "logs",
};
const envelopePattern = /^\/api\/(\d{1,15})\/envelope\/?$/;
/** Bodies that are read at one time may hold so much. */
const mostHeldBytes = 256 * 1024 * 1024;
const comeAgain = { "retry-after": "1" };
const noteHeardEveryMs = 5_000;

export function openIntake({ settings, folders, database, logger }: Portal): TelemetryIntake {
  const ctx = systemContext(database.db, "telemetry");
  const door = new KeyDoor(ctx, sealingKeys(settings, folders.secretsFile));
  const store = new BatchStore({ ctx, counterId: randomUUID(), logger });
  const intake = new Intake({ ctx, logger, store });
  const desk = new Desk({ ctx, door, intake, logger });
  return {
    answer(path, request, response) {
      const kind = otlpKinds[path];
      const project = envelopePattern.exec(path)?.[1];
      if (kind !== undefined) void desk.otlp(kind, request, response);
      else if (project !== undefined) void desk.sentry(Number(project), request, response);
      return kind !== undefined || project !== undefined;
    },
    async stop() {
      await desk.stop();
      await intake.close();
      await store.close();
    },
  };
}

interface DeskParts {
  ctx: Context;
  door: KeyDoor;
  intake: Intake;
  logger: Logger;
}

class Desk {
  private readonly parts: DeskParts;
  private heldBytes = 0;
  private heard = new Map<string, Heard>();
  private readonly timer: NodeJS.Timeout;

  constructor(parts: DeskParts) {
    this.parts = parts;
    this.timer = setInterval(() => void this.noteHeard(), noteHeardEveryMs);
  }

  async otlp(kind: OtlpKind, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const format = formatOf(request.headers["content-type"]);
    const refuse = (status: number, message: string, headers: Record<string, string> = {}) =>
      answerRefused(response, format ?? "json", { status, message, headers });
    if (request.method !== "POST") return refuse(405, "Telemetry is sent by POST.", { allow: "POST" });
    if (format === null) return refuse(415, "Send application/x-protobuf or application/json.");
    await this.guarded({ request, refuse, keyText: keyOf(request) }, async (serviceEnvironmentId, body) => {
      const taken = this.parts.intake.otlp(serviceEnvironmentId, kind, format, body);
      this.note(serviceEnvironmentId, kind, taken.refused);
      answerTaken(response, { kind, format }, taken);
    });
  }

  async sentry(project: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page of a service may be anywhere.
    response.setHeader("access-control-allow-origin", "*");
    const answer = (status: number, body: object, headers: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    };
    const refuse = (status: number, message: string, headers: Record<string, string> = {}) =>
      answer(status, { detail: message }, headers);
    if (request.method === "OPTIONS") {
      response.writeHead(204, {
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "content-type, content-encoding, x-sentry-auth",
        "access-control-max-age": "86400",
      });
      response.end();
      return;
    }
    if (request.method !== "POST") return refuse(405, "Envelopes are sent by POST.", { allow: "POST" });
    await this.guarded(
      { request, refuse, keyText: sentryKeyOf(request) },
      async (serviceEnvironmentId, body) => {
        if (serviceEnvironmentId !== project) return refuse(403, "The key is for another project.");
        const taken = this.parts.intake.sentry(serviceEnvironmentId, body);
        this.note(serviceEnvironmentId, "sentry", taken.refused);
        answer(200, {});
      },
    );
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.noteHeard();
  }

  /** Whoever shows no key is refused before the body is read; whoever comes at a bad time is told to come again. */
  private async guarded(
    {
      request,
      refuse,
      keyText,
    }: {
      request: IncomingMessage;
      refuse(status: number, message: string, headers?: Record<string, string>): void;
      keyText: string;
    },
    work: (serviceEnvironmentId: number, body: Buffer) => void | Promise<void>,
  ): Promise<void> {
    if (this.parts.intake.isFull || this.heldBytes > mostHeldBytes) {
      request.resume();
      return refuse(429, "Too much is told at this moment: come again.", comeAgain);
    }
    let held = 0;
    try {
      const serviceEnvironmentId = await this.parts.door.open(keyText).catch(() => undefined);
      if (serviceEnvironmentId === undefined) {
        refuse(503, "The database does not answer: come again.", comeAgain);
      } else if (serviceEnvironmentId === null) refuse(401, "The key opens nothing.");
      else {
        const body = await readBody(request, (bytes) => {
          held += bytes;
          this.heldBytes += bytes;
        });
        await work(serviceEnvironmentId, body);
      }
    } catch (error) {
      this.refuseBad(error, refuse);
    } finally {
      this.heldBytes -= held;
      // What was not read is taken in and dropped: whoever closes on it has the answer thrown away with it.
      request.resume();
    }
  }

  private refuseBad(error: unknown, refuse: (status: number, message: string) => void): void {
    if (error instanceof BodyError) refuse(error.status, error.message);
    else if (error instanceof WireError || error instanceof EnvelopeError) refuse(400, error.message);
    else if (error instanceof SyntaxError) refuse(400, "The body is no JSON.");
    else {
      this.parts.logger.error({ err: error }, "telemetry was not taken in");
      refuse(500, "It was not taken in, by a mistake of ours.");
    }
  }

  private note(serviceEnvironmentId: number, kind: TelemetryKind, refused: number): void {
    const key = `${serviceEnvironmentId} ${kind}`;
    const before = this.heard.get(key)?.refused ?? 0;
    this.heard.set(key, { serviceEnvironmentId, kind, refused: before + refused });
  }

  private async noteHeard(): Promise<void> {
    if (this.heard.size === 0) return;
    const heard = [...this.heard.values()];
    this.heard = new Map();
    // Said again by the next that is told.
    await noteHeard(this.parts.ctx, heard).catch(() => undefined);
  }
}

function keyOf({ headers }: IncomingMessage): string {
  const own = headers[telemetryKeyHeader];
  if (typeof own === "string") return own;
  return /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
}

/** As its SDKs send it: in a header, or from browsers in the address. */
function sentryKeyOf({ headers, url }: IncomingMessage): string {
  const header = headers["x-sentry-auth"];
  const told = typeof header === "string" ? header : "";
  const inHeader = /\bsentry_key=([0-9a-f]+)/i.exec(told)?.[1];
  return inHeader ?? /[?&]sentry_key=([0-9a-f]+)/i.exec(url ?? "")?.[1] ?? "";
}
