import { gzipSync } from "node:zlib";
import type { Random } from "../chaos/random.ts";
import { jsonSpans, protobufSpans, sentryEvent } from "./bodies.ts";

export interface Rubbish {
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

const protobufType = { "content-type": "application/x-protobuf" };
const jsonType = { "content-type": "application/json" };
const gzipType = { ...protobufType, "content-encoding": "gzip" };
const bombBytes = 40 * 1024 * 1024;
const keptBytes = 20_000;
const deepest = 5_000;
const strange = ["NaN", "-1", "1e999", "null", "{}", "[]", '"x"', "18446744073709551616", "true", '""'];

/** Makes bodies that no client means: each call another one. */
export class Mutations {
  private readonly random: Random;
  private readonly at = Math.floor(Date.now() / 1_000);
  /** The first spans of a batch, and its end missing. */
  private readonly protobuf = protobufSpans(this.at).subarray(0, keptBytes);
  private readonly spans: unknown[] = JSON.parse(
    jsonSpans(this.at).toString("utf8"),
  ).resourceSpans[0].scopeSpans[0].spans.slice(0, 5);
  private readonly bomb = gzipSync(Buffer.alloc(bombBytes));

  constructor(random: Random) {
    this.random = random;
  }

  next(project: number): Rubbish {
    const { random, protobuf } = this;
    const kind = random.between(1, 1_000);
    if (kind === 1) return { path: "/v1/traces", headers: gzipType, body: this.bomb };
    if (kind <= 400) {
      const path = random.oneOf(["/v1/traces", "/v1/traces", "/v1/metrics", "/v1/logs"]);
      return { path, headers: protobufType, body: this.spoil(protobuf) };
    }
    if (kind <= 450)
      return { path: "/v1/traces", headers: gzipType, body: this.packed(this.spoil(protobuf)) };
    if (kind <= 500) return { path: "/v1/traces", headers: jsonType, body: this.nested() };
    if (kind <= 700) {
      return { path: random.oneOf(["/v1/traces", "/v1/logs"]), headers: jsonType, body: this.numbers() };
    }
    if (kind <= 850) return { path: "/v1/metrics", headers: jsonType, body: this.metrics() };
    return { path: `/api/${project}/envelope/`, headers: {}, body: this.envelope() };
  }

  private spoil(body: Buffer): Buffer {
    switch (this.random.between(1, 4)) {
      case 1:
        return this.changed(body);
      case 2:
        return this.cut(body);
      case 3:
        return Buffer.concat([body, this.cut(body)]);
      default:
        return this.changed(this.cut(body));
    }
  }

  private changed(body: Buffer): Buffer {
    const changed = Buffer.from(body);
    if (changed.length === 0) return changed;
    for (let times = this.random.between(1, 20); times > 0; times -= 1) {
      changed[this.random.between(0, changed.length - 1)] = this.random.between(0, 255);
    }
    return changed;
  }

  private cut(body: Buffer): Buffer {
    return body.subarray(0, this.random.between(0, body.length));
  }

  private packed(body: Buffer): Buffer {
    const packed = gzipSync(body);
    return this.random.oneOf([packed, this.changed(packed), this.cut(packed)]);
  }

  private nested(): Buffer {
    const depth = this.random.between(1, deepest);
    const [open, close] = this.random.oneOf([
      ['{"resourceSpans":[', "]}"],
      ["[", "]"],
    ] as const);
    return Buffer.from(open.repeat(depth) + close.repeat(depth));
  }

  private numbers(): Buffer {
    const told = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: this.spans }] }] });
    return Buffer.from(
      told.replaceAll(/:(?:"\d{15,}"|\d+)/g, (number) =>
        this.random.chance(0.5) ? number : `:${this.random.oneOf(strange)}`,
      ),
    );
  }

  private metrics(): Buffer {
    const { random, at } = this;
    const many = Array.from({ length: deepest }, () => 1);
    const dataPoints = Array.from({ length: random.between(0, 5) }, () => ({
      startTimeUnixNano: random.oneOf([0, "0", String(at * 1e9), -5, "x"]),
      timeUnixNano: random.oneOf([String(at * 1e9), "9".repeat(25), 0, null]),
      count: random.oneOf([1, "1e30", -3, null]),
      bucketCounts: random.oneOf([[1, 2], ["1", "x"], [-1], many, null]),
      explicitBounds: random.oneOf([[0.1], [], ["x"], [Number.MAX_VALUE]]),
      scale: random.oneOf([0, 20, -100, 1e9]),
      positive: random.oneOf([{ offset: 2_147_483_647, bucketCounts: ["1"] }, null, {}]),
    }));
    const metric = {
      name: "http.server.request.duration",
      [random.oneOf(["histogram", "exponentialHistogram", "sum"])]: {
        aggregationTemporality: random.oneOf([0, 1, 2, "2", null]),
        dataPoints,
      },
    };
    return Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }));
  }

  private envelope(): Buffer {
    const whole = sentryEvent(this.at, this.random.between(1, 1_000)).toString("utf8");
    const said = whole.replaceAll(/:\d+/g, (number) =>
      this.random.chance(0.3) ? `:${this.random.oneOf(strange)}` : number,
    );
    return this.spoil(Buffer.from(said));
  }
}
