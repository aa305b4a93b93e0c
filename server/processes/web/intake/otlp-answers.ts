import type { ServerResponse } from "node:http";
import type { OtlpFormat, OtlpKind, Taken } from "#server/services/telemetry/intake.ts";

/** Answers of OTLP/HTTP, in the format of the request. Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response. */

const mediaTypes: Record<OtlpFormat, string> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};
const rejectedNames: Record<OtlpKind, string> = {
  traces: "rejectedSpans",
  metrics: "rejectedDataPoints",
  logs: "rejectedLogRecords",
};
const whyRefused = "Their times lie in the future or more than a day ago, or their numbers cannot be true.";

/** Null for what is neither. */
export function formatOf(contentType: string | undefined): OtlpFormat | null {
  const mediaType = contentType?.split(";")[0]?.trim().toLowerCase();
  if (mediaType === mediaTypes.protobuf) return "protobuf";
  return mediaType === mediaTypes.json ? "json" : null;
}

/** All of it was taken in, or some could not be true. */
export function answerTaken(
  response: ServerResponse,
  { kind, format }: { kind: OtlpKind; format: OtlpFormat },
  { refused }: Taken,
): void {
  response.writeHead(200, { "content-type": mediaTypes[format] });
  if (refused === 0) response.end(format === "json" ? "{}" : undefined);
  else if (format === "json") {
    const partialSuccess = { [rejectedNames[kind]]: String(refused), errorMessage: whyRefused };
    response.end(JSON.stringify({ partialSuccess }));
  } else
    response.end(field(1, Buffer.concat([Buffer.from([0x08]), varint(refused), textField(2, whyRefused)])));
}

/** A google.rpc.Status with the message alone. */
export function answerRefused(
  response: ServerResponse,
  format: OtlpFormat,
  { status, message, headers }: { status: number; message: string; headers?: Record<string, string> },
): void {
  response.writeHead(status, { "content-type": mediaTypes[format], ...headers });
  response.end(format === "json" ? JSON.stringify({ message }) : textField(2, message));
}

function textField(number: number, text: string): Buffer {
  return field(number, Buffer.from(text));
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2]), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Buffer.from([...bytes, rest]);
}
