import { otherRoutes, routeTemplate } from "#server/domain/route-template.ts";
import {
  errorStatus,
  exceptionEvent,
  type SpanTaker,
  serverKind,
  type ToldException,
  type ToldResource,
} from "./otlp-told.ts";
import { Wire } from "./protobuf-wire.ts";
import type { ToldRequest } from "./tally.ts";

/** Tags of the fields that are read: number × 8 + wire type, from opentelemetry/proto/trace/v1/trace.proto and common.proto. */
const tags = {
  resourceSpans: 0x0a,
  resource: 0x0a,
  scopeSpans: 0x12,
  spans: 0x12,
  kind: 0x30,
  startTime: 0x39,
  endTime: 0x41,
  attributes: 0x4a,
  events: 0x5a,
  status: 0x7a,
  statusCode: 0x18,
  resourceAttributes: 0x0a,
  key: 0x0a,
  value: 0x12,
  text: 0x0a,
  integer: 0x18,
  eventTime: 0x09,
  eventName: 0x12,
  eventAttributes: 0x1a,
} as const;

const nanosPerMs = 1_000_000;
const nanosPerSecond = 1_000_000_000;
/** Begins and ends of text in the body; what is never asked for is never decoded. */
const nowhere = -1;

/** Compared as bytes: most attributes are told apart by the length of their names alone. */
const names = {
  status: Buffer.from("http.response.status_code"),
  olderStatus: Buffer.from("http.status_code"),
  route: Buffer.from("http.route"),
  path: Buffer.from("url.path"),
  target: Buffer.from("http.target"),
};

/**
 * Reads an ExportTraceServiceRequest where it lies: nothing is made for a span or an attribute that nobody asks for.
 * Throws WireError; what came before it has been taken.
 */
export function readSpans(body: Buffer, taker: SpanTaker): void {
  const reader = new SpanReader(new Wire(body), taker);
  reader.read();
}

class SpanReader {
  private readonly wire: Wire;
  private readonly taker: SpanTaker;
  private readonly templates = new TemplateCache();
  private readonly request: ToldRequest = {
    endedAt: 0,
    latencyMs: 0,
    status: 0,
    isFailure: false,
    route: "",
  };
  // Of the span at hand.
  private kind = 0;
  private startNanos = 0;
  private endNanos = 0;
  private status = 0;
  private isFailure = false;
  private routeAt = nowhere;
  private routeEnd = nowhere;
  private targetAt = nowhere;
  private targetEnd = nowhere;
  private exceptions: ToldException[] = [];

  constructor(wire: Wire, taker: SpanTaker) {
    this.wire = wire;
    this.taker = taker;
  }

  read(): void {
    this.each((tag) => {
      if (tag !== tags.resourceSpans) return this.wire.skip(tag);
      this.within(() => this.readResourceSpans());
    });
  }

  private readResourceSpans(): void {
    const { wire } = this;
    const resource: ToldResource = { version: "", instanceId: "" };
    const begin = wire.position;
    // Nothing says that the resource comes before its spans.
    this.each((tag) => {
      if (tag !== tags.resource) return wire.skip(tag);
      this.within(() => this.readResource(resource));
    });
    this.taker.resource(resource);
    wire.position = begin;
    this.each((tag) => {
      if (tag !== tags.scopeSpans) return wire.skip(tag);
      this.within(() => this.readScope());
    });
  }

  private readResource(resource: ToldResource): void {
    this.each((tag) => {
      if (tag !== tags.resourceAttributes) return this.wire.skip(tag);
      this.within(() => {
        const [name, value] = this.readTextAttribute();
        if (name === "service.version") resource.version = value;
        else if (name === "service.instance.id") resource.instanceId = value;
      });
    });
  }

  private readScope(): void {
    this.each((tag) => {
      if (tag === tags.spans) this.readSpan();
      else this.wire.skip(tag);
    });
  }

  private readSpan(): void {
    const { wire } = this;
    const end = wire.fieldEnd();
    const outer = wire.end;
    wire.end = end;
    this.kind = 0;
    this.status = 0;
    this.isFailure = false;
    this.routeAt = nowhere;
    this.targetAt = nowhere;
    for (let tag = wire.tag(); tag !== 0; tag = wire.tag()) {
      if (tag === tags.attributes) this.readAttribute();
      else if (tag === tags.kind) this.kind = wire.varint();
      else if (tag === tags.startTime) this.startNanos = wire.fixed64();
      else if (tag === tags.endTime) this.endNanos = wire.fixed64();
      else if (tag === tags.status) this.readStatus();
      else if (tag === tags.events) this.within(() => this.readEvent());
      else wire.skip(tag);
    }
    wire.end = outer;
    this.tell();
  }

  private tell(): void {
    const { request, taker } = this;
    const isServer = this.kind === serverKind;
    const endedAt = Math.floor(this.endNanos / nanosPerSecond);
    if (isServer) {
      request.endedAt = endedAt;
      request.latencyMs = (this.endNanos - this.startNanos) / nanosPerMs;
      request.status = this.status;
      request.isFailure = this.isFailure;
      request.route = this.template();
      taker.request(request);
    }
    if (this.exceptions.length === 0) return;
    for (const exception of this.exceptions) {
      taker.exception(exception, endedAt, isServer ? request.route : null);
    }
    this.exceptions = [];
  }

  /** Of a server's span, or one whose kind comes after its attributes. */
  private readAttribute(): void {
    const { wire } = this;
    const end = wire.fieldEnd();
    if ((this.kind === serverKind || this.kind === 0) && wire.bytes[wire.position] === tags.key) {
      wire.position += 1;
      const nameEnd = wire.fieldEnd();
      const nameAt = wire.position;
      wire.position = nameEnd;
      const known = this.nameAt(nameAt, nameEnd - nameAt);
      if (known !== null) this.readValue(known, end);
    }
    wire.position = end;
  }

  private nameAt(at: number, length: number): keyof typeof names | null {
    switch (length) {
      case 25:
        return this.isName("status", at) ? "status" : null;
      case 16:
        return this.isName("olderStatus", at) ? "olderStatus" : null;
      case 10:
        return this.isName("route", at) ? "route" : null;
      case 8:
        return this.isName("path", at) ? "path" : null;
      case 11:
        return this.isName("target", at) ? "target" : null;
      default:
        return null;
    }
  }

  private isName(name: keyof typeof names, at: number): boolean {
    return isSame(names[name], this.wire.bytes, at);
  }

  private readValue(name: keyof typeof names, end: number): void {
    const { wire } = this;
    if (wire.position >= end || wire.tag() !== tags.value) return;
    wire.fieldEnd();
    const tag = wire.position < end ? wire.tag() : 0;
    if (tag === tags.integer && (name === "status" || name === "olderStatus")) this.status = wire.varint();
    else if (tag !== tags.text || name === "status" || name === "olderStatus") return;
    else if (name === "route") {
      this.routeEnd = wire.fieldEnd();
      this.routeAt = wire.position;
    } else {
      this.targetEnd = wire.fieldEnd();
      this.targetAt = wire.position;
    }
  }

  private readStatus(): void {
    this.within(() => {
      this.each((tag) => {
        if (tag === tags.statusCode) this.isFailure = this.wire.varint() === errorStatus;
        else this.wire.skip(tag);
      });
    });
  }

  private readEvent(): void {
    const { wire } = this;
    const exception: ToldException = { type: "", message: "", stack: "" };
    let name = "";
    this.each((tag) => {
      if (tag === tags.eventName) name = wire.text();
      else if (tag !== tags.eventAttributes) wire.skip(tag);
      else
        this.within(() => {
          const [key, value] = this.readTextAttribute();
          if (key === "exception.type") exception.type = value;
          else if (key === "exception.message") exception.message = value;
          else if (key === "exception.stacktrace") exception.stack = value;
        });
    });
    if (name === exceptionEvent) this.exceptions.push(exception);
  }

  /** Its value is empty where that is no text. */
  private readTextAttribute(): [name: string, value: string] {
    const { wire } = this;
    let name = "";
    let value = "";
    this.each((tag) => {
      if (tag === tags.key) name = wire.text();
      else if (tag !== tags.value) wire.skip(tag);
      else
        this.within(() =>
          this.each((inner) => {
            if (inner === tags.text) value = wire.text();
            else wire.skip(inner);
          }),
        );
    });
    return [name, value];
  }

  private template(): string {
    const { bytes } = this.wire;
    if (this.routeAt !== nowhere) return this.templates.of(bytes, this.routeAt, this.routeEnd);
    if (this.targetAt !== nowhere) return this.templates.of(bytes, this.targetAt, this.targetEnd);
    return otherRoutes;
  }

  private each(read: (tag: number) => void): void {
    const { wire } = this;
    for (let tag = wire.tag(); tag !== 0; tag = wire.tag()) read(tag);
  }

  /** Reads the field of this length alone, and goes on behind it. */
  private within(read: () => void): void {
    const { wire } = this;
    const end = wire.fieldEnd();
    const outer = wire.end;
    wire.end = end;
    read();
    wire.position = end;
    wire.end = outer;
  }
}

function isSame(expected: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let index = expected.length - 1; index >= 0; index -= 1) {
    if (expected[index] !== bytes[at + index]) return false;
  }
  return true;
}

/** Templates by the bytes of what was asked for: a service has few routes, and names them in each span. */
class TemplateCache {
  private readonly slots: ({ bytes: Buffer; template: string } | undefined)[] = [];

  of(bytes: Buffer, begin: number, end: number): string {
    let hash = end - begin;
    for (let at = begin; at < end; at += 1) hash = (hash * 31 + (bytes[at] as number)) | 0;
    const slot = hash & (slotCount - 1);
    const known = this.slots[slot];
    if (known !== undefined && known.bytes.length === end - begin && isSame(known.bytes, bytes, begin)) {
      return known.template;
    }
    const own = Buffer.from(bytes.subarray(begin, end));
    const template = own.length === 0 ? otherRoutes : routeTemplate(own.toString("utf8"));
    this.slots[slot] = { bytes: own, template };
    return template;
  }
}
const slotCount = 256;
