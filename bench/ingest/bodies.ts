/** What services send: batches of server spans with twelve attributes, and events of Sentry with a stack. */

export const spansOfBatch = 512;
const attributesOf = (index: number): Record<string, string | number> => ({
  "http.request.method": "GET",
  "http.response.status_code": index % 100 === 0 ? 500 : 200,
  "http.route": ["/orders/:id", "/cart", "/", "/users/:id"][index % 4] as string,
  "url.path": `/orders/${index}`,
  "url.scheme": "http",
  "server.address": "shop.example.org",
  "server.port": 8_080,
  "client.address": `10.0.0.${index % 250}`,
  "network.protocol.version": "1.1",
  "network.peer.address": "10.1.2.3",
  "network.peer.port": 50_000 + index,
  "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
});
const resource = {
  "service.name": "shop",
  "service.version": "1",
  "service.instance.id": "shop-1",
  "telemetry.sdk.language": "nodejs",
};
const nanosPerSecond = 1_000_000_000n;

/** An ExportTraceServiceRequest, as its SDKs encode it. `at` in seconds of Unix time. */
export function protobufSpans(at: number): Buffer {
  const end = BigInt(at) * nanosPerSecond;
  const spans = Array.from({ length: spansOfBatch }, (_, index) =>
    message(2, [
      bytes(1, Buffer.alloc(16, index % 251)),
      bytes(2, Buffer.alloc(8, index % 241)),
      bytes(5, Buffer.from("GET /orders/:id")),
      varintField(6, 2),
      fixed64(7, end - BigInt(12_000_000 + index * 1_000)),
      fixed64(8, end),
      ...attributes(9, attributesOf(index)),
      message(15, [varintField(3, index % 100 === 0 ? 2 : 0)]),
    ]),
  );
  const scope = message(1, [bytes(1, Buffer.from("@opentelemetry/instrumentation-http"))]);
  return message(1, [message(1, attributes(1, resource)), message(2, [scope, ...spans])]);
}

export function jsonSpans(at: number): Buffer {
  const end = BigInt(at) * nanosPerSecond;
  const spans = Array.from({ length: spansOfBatch }, (_, index) => ({
    traceId: (index % 251).toString(16).padStart(32, "0"),
    spanId: (index % 241).toString(16).padStart(16, "0"),
    name: "GET /orders/:id",
    kind: 2,
    startTimeUnixNano: String(end - BigInt(12_000_000 + index * 1_000)),
    endTimeUnixNano: String(end),
    attributes: jsonAttributes(attributesOf(index)),
    status: { code: index % 100 === 0 ? 2 : 0 },
  }));
  return Buffer.from(
    JSON.stringify({
      resourceSpans: [{ resource: { attributes: jsonAttributes(resource) }, scopeSpans: [{ spans }] }],
    }),
  );
}

/** An envelope with one event. */
export function sentryEvent(at: number, number: number): Buffer {
  const event = {
    event_id: number.toString(16).padStart(32, "0"),
    level: "error",
    platform: "node",
    timestamp: at,
    environment: "production",
    release: "shop@1",
    transaction: "GET /orders/:id",
    exception: {
      values: [
        {
          type: "TypeError",
          value: `Cannot read properties of undefined (reading 'total') of order ${number}`,
          stacktrace: {
            frames: Array.from({ length: 20 }, (_, frame) => ({
              filename: frame < 12 ? "node:internal/process" : `/app/src/orders/step-${frame}.ts`,
              function: `step${frame}`,
              lineno: 10 + frame,
              colno: 7,
              in_app: frame >= 12,
              context_line: "    const total = order.lines.reduce((sum, line) => sum + line.total, 0);",
            })),
          },
        },
      ],
    },
  };
  const lines = [{ event_id: event.event_id, sent_at: new Date(at * 1_000) }, { type: "event" }, event];
  return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function jsonAttributes(values: Record<string, string | number>) {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
  }));
}

function attributes(field: number, values: Record<string, string | number>): Buffer[] {
  return Object.entries(values).map(([key, value]) =>
    message(field, [
      bytes(1, Buffer.from(key)),
      message(2, [typeof value === "string" ? bytes(1, Buffer.from(value)) : varintField(3, value)]),
    ]),
  );
}

function message(field: number, parts: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(parts));
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function fixed64(field: number, value: bigint): Buffer {
  const content = Buffer.alloc(8);
  content.writeBigUInt64LE(value);
  return Buffer.concat([varint(field * 8 + 1), content]);
}

function varint(value: number): Buffer {
  const read: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) read.push((rest % 0x80) + 0x80);
  return Buffer.from([...read, rest]);
}
