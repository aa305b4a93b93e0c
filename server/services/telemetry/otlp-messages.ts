import { Wire, wireTypes } from "./protobuf-wire.ts";

/**
 * Decodes the bodies of metrics and logs into what OTLP's JSON says the same with, as far as it is read here; of the
 * rest nothing is made. Field numbers are those of opentelemetry/proto.
 */

type Kind = "text" | "bool" | "varint" | "signed" | "zigZag" | "fixed64" | "double";
type ManyKind = "manyFixed64" | "manyDouble" | "manyVarint";
type Field = { name: string; kind: Kind | ManyKind } | { name: string; message: Message; isList: boolean };
type Message = { readonly [field: number]: Field };

const one = (name: string, message: Message): Field => ({ name, message, isList: false });
const list = (name: string, message: Message): Field => ({ name, message, isList: true });
const value = (name: string, kind: Kind | ManyKind): Field => ({ name, kind });

const anyValue: Message = {
  1: value("stringValue", "text"),
  2: value("boolValue", "bool"),
  3: value("intValue", "signed"),
  4: value("doubleValue", "double"),
};
const keyValue: Message = { 1: value("key", "text"), 2: one("value", anyValue) };
const resource: Message = { 1: list("attributes", keyValue) };

const histogramPoint: Message = {
  2: value("startTimeUnixNano", "fixed64"),
  3: value("timeUnixNano", "fixed64"),
  4: value("count", "fixed64"),
  6: value("bucketCounts", "manyFixed64"),
  7: value("explicitBounds", "manyDouble"),
  9: list("attributes", keyValue),
};
const buckets: Message = { 1: value("offset", "zigZag"), 2: value("bucketCounts", "manyVarint") };
const exponentialPoint: Message = {
  1: list("attributes", keyValue),
  2: value("startTimeUnixNano", "fixed64"),
  3: value("timeUnixNano", "fixed64"),
  4: value("count", "fixed64"),
  6: value("scale", "zigZag"),
  7: value("zeroCount", "fixed64"),
  8: one("positive", buckets),
};
const histogram: Message = {
  1: list("dataPoints", histogramPoint),
  2: value("aggregationTemporality", "varint"),
};
const exponentialHistogram: Message = { ...histogram, 1: list("dataPoints", exponentialPoint) };
const metric: Message = {
  1: value("name", "text"),
  3: value("unit", "text"),
  9: one("histogram", histogram),
  10: one("exponentialHistogram", exponentialHistogram),
};
const logRecord: Message = {
  1: value("timeUnixNano", "fixed64"),
  2: value("severityNumber", "varint"),
  5: one("body", anyValue),
  6: list("attributes", keyValue),
  11: value("observedTimeUnixNano", "fixed64"),
};

export const metricsMessage: Message = {
  1: list("resourceMetrics", {
    1: one("resource", resource),
    2: list("scopeMetrics", { 2: list("metrics", metric) }),
  }),
};
export const logsMessage: Message = {
  1: list("resourceLogs", {
    1: one("resource", resource),
    2: list("scopeLogs", { 2: list("logRecords", logRecord) }),
  }),
};

/** Throws WireError. */
export function decode(message: Message, body: Buffer): object {
  return readMessage(new Wire(body), message);
}

function readMessage(wire: Wire, message: Message): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (let tag = wire.tag(); tag !== 0; tag = wire.tag()) {
    const field = message[Math.floor(tag / 8)];
    if (field === undefined) wire.skip(tag);
    else readField(wire, tag, field, read);
  }
  return read;
}

function readField(wire: Wire, tag: number, field: Field, into: Record<string, unknown>): void {
  const { name } = field;
  const wireType = tag & 7;
  if ("message" in field) {
    if (wireType !== wireTypes.length) wire.skip(tag);
    else if (field.isList) listAt(into, name).push(within(wire, () => readMessage(wire, field.message)));
    else into[name] = within(wire, () => readMessage(wire, field.message));
    return;
  }
  const { kind } = field;
  if (isMany(kind)) readMany(wire, tag, kind, listAt(into, name));
  else if (wireType === wireTypeOf[kind]) into[name] = readValue(wire, kind);
  else wire.skip(tag);
}

const wireTypeOf: Record<Kind, number> = {
  text: wireTypes.length,
  bool: wireTypes.varint,
  varint: wireTypes.varint,
  signed: wireTypes.varint,
  zigZag: wireTypes.varint,
  fixed64: wireTypes.fixed64,
  double: wireTypes.fixed64,
};

function readValue(wire: Wire, kind: Kind): unknown {
  switch (kind) {
    case "text":
      return wire.text();
    case "bool":
      return wire.varint() !== 0;
    case "varint":
      return wire.varint();
    case "signed":
      return wire.signedVarint();
    case "zigZag":
      return wire.zigZag();
    case "fixed64":
      return wire.fixed64();
    case "double":
      return wire.double();
  }
}

/** Packed, as everybody sends them, or one by one, as everybody must be able to read them. */
function readMany(wire: Wire, tag: number, kind: ManyKind, into: unknown[]): void {
  const readOne = () => {
    if (kind === "manyDouble") return wire.double();
    return kind === "manyVarint" ? wire.varint() : wire.fixed64();
  };
  if ((tag & 7) !== wireTypes.length) {
    into.push(readOne());
    return;
  }
  within(wire, () => {
    while (wire.position < wire.end) into.push(readOne());
  });
}

function isMany(kind: Kind | ManyKind): kind is ManyKind {
  return kind.startsWith("many");
}

function listAt(into: Record<string, unknown>, name: string): unknown[] {
  const known = into[name];
  if (Array.isArray(known)) return known;
  const made: unknown[] = [];
  into[name] = made;
  return made;
}

function within<T>(wire: Wire, read: () => T): T {
  const end = wire.fieldEnd();
  const outer = wire.end;
  wire.end = end;
  const result = read();
  wire.position = end;
  wire.end = outer;
  return result;
}
