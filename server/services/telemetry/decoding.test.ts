import { expect, test } from "vitest";
import { takeLogs } from "./otlp-logs.ts";
import { decode, logsMessage, metricsMessage } from "./otlp-messages.ts";
import { requestPoints } from "./otlp-metrics.ts";
import { readSpans } from "./otlp-spans.ts";
import { takeSpans } from "./otlp-spans-json.ts";
import type { SpanTaker, ToldException, ToldResource } from "./otlp-told.ts";
import { WireError } from "./protobuf-wire.ts";
import { readEnvelope } from "./sentry-envelope.ts";
import { takeEnvelope } from "./take-envelope.ts";
import { Tally, type ToldRequest } from "./tally.ts";
import { recorded, recordedAt } from "./testing/recorded.ts";

const parsed = (name: string): unknown => JSON.parse(recorded(name).toString("utf8"));

function listener() {
  const heard = {
    resources: [] as ToldResource[],
    requests: [] as ToldRequest[],
    exceptions: [] as (ToldException & { route: string | null })[],
  };
  const taker: SpanTaker = {
    resource: (resource) => void heard.resources.push(resource),
    request: (request) => void heard.requests.push({ ...request }),
    exception: (exception, _, route) => void heard.exceptions.push({ ...exception, route }),
  };
  return { heard, taker };
}

const spans: [name: string, read: (taker: SpanTaker) => void][] = [
  ["protobuf", (taker) => readSpans(recorded("traces.pb"), taker)],
  ["JSON", (taker) => takeSpans(parsed("traces.json"), taker)],
];

test.each(spans)("server spans of a real SDK are requests, in %s", (_, read) => {
  const { heard, taker } = listener();
  read(taker);
  expect(heard.resources).toEqual([{ version: "42", instanceId: "shop-7" }]);
  expect(heard.requests).toHaveLength(20);
  const failed = heard.requests.filter(({ status }) => status === 500);
  expect(failed.map(({ route, isFailure }) => [route, isFailure])).toEqual(Array(4).fill(["/boom", true]));
  const others = heard.requests.filter(({ status }) => status !== 500);
  expect(new Set(others.map(({ route, status }) => `${status} ${route}`))).toEqual(
    new Set(["200 /orders/:id"]),
  );
  for (const { latencyMs, endedAt } of heard.requests) {
    expect(latencyMs).toBeGreaterThan(0);
    expect(latencyMs).toBeLessThan(1_000);
    expect(endedAt).toBeGreaterThan(recordedAt - 3_600);
  }
  expect(heard.exceptions).toHaveLength(4);
  expect(heard.exceptions[0]).toMatchObject({ type: "SyntaxError", route: "/boom" });
  expect(heard.exceptions[0]?.stack).toContain("at JSON.parse");
});

test.each([
  ["protobuf", () => decode(metricsMessage, recorded("metrics.pb"))],
  ["JSON", () => parsed("metrics.json")],
])("histograms of a real SDK are requests, in %s", (_, body) => {
  const points = [...requestPoints(body())];
  expect(points.every(({ isCumulative, startAt, at }) => isCumulative && at >= startAt)).toBe(true);
  const counted = points.map(({ status, latency, resource }) => [
    status,
    (latency ?? []).reduce((sum, count) => sum + count, 0),
    resource.version,
  ]);
  expect(counted.sort()).toEqual([
    [200, 16, "42"],
    [500, 4, "42"],
  ]);
});

test.each([
  ["protobuf", () => decode(logsMessage, recorded("logs.pb"))],
  ["JSON", () => parsed("logs.json")],
])("of logs only exceptions are taken, in %s", (_, body) => {
  const { heard, taker } = listener();
  takeLogs(body(), taker);
  expect(heard.exceptions).toEqual([
    {
      ...{ type: "TypeError", message: "total of undefined", route: null },
      stack: expect.stringContaining("at sum (/app/shop/orders.js:4:11)"),
    },
  ]);
});

test.each(["traces.pb", "metrics.pb", "logs.pb"])(
  "%s that is cut off anywhere is refused, or is shorter",
  (name) => {
    const body = recorded(name);
    const { taker } = listener();
    const read = (part: Buffer) => {
      if (name === "traces.pb") readSpans(part, taker);
      else decode(name === "metrics.pb" ? metricsMessage : logsMessage, part);
    };
    let refused = 0;
    for (let length = 1; length < body.length; length += 7) {
      try {
        read(body.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(0);
  },
);

function takeSentry(names: readonly string[], hasSessions: boolean) {
  const tally = new Tally();
  let isTold = hasSessions;
  for (const name of names) {
    takeEnvelope(readEnvelope(recorded(name)), {
      ...{ serviceEnvironmentId: 7, tally, now: recordedAt },
      isTrue: () => true,
      countsSessions: (now) => {
        isTold ||= now;
        return isTold;
      },
    });
  }
  return tally.take();
}

const sum = (rows: readonly { requests: number; serverErrors: number; latency: number[] }[]) => ({
  requests: rows.reduce((all, { requests }) => all + requests, 0),
  failed: rows.reduce((all, { serverErrors }) => all + serverErrors, 0),
  latencies: rows.reduce((all, { latency }) => all + latency.reduce((one, count) => one + count, 0), 0),
});

test("sessions of a real SDK are requests, and those that met an error failed", () => {
  const { rows } = takeSentry(["sentry-sessions.envelope"], false);
  expect(sum(rows)).toEqual({ requests: 20, failed: 4, latencies: 0 });
  expect(rows[0]).toMatchObject({ source: "sentry", version: "shop@42", seconds: 60 });
});

test("spans of Sentry are requests where no sessions are told, and else tell of latency alone", () => {
  expect(sum(takeSentry(["sentry-spans.envelope.gz"], false).rows)).toMatchObject({
    requests: 8,
    latencies: 8,
  });
  const both = takeSentry(["sentry-sessions.envelope", "sentry-spans.envelope.gz"], false);
  expect(sum(both.rows)).toEqual({ requests: 20, failed: 4, latencies: 8 });
});

test("an event of Sentry is an error with its frames", () => {
  const { errors } = takeSentry(["sentry-event.envelope"], false);
  expect(errors).toMatchObject([{ type: "SyntaxError", version: "shop@42", route: "/boom", count: 1 }]);
  expect(errors[0]?.stack.at(-2)).toMatchObject({ filename: "/app/shop/app-sentry.cjs", in_app: true });
});

test("items that nobody knows are passed over, and what is cut off ends the envelope", () => {
  const header = `{"event_id":"1"}\n`;
  const event = `{"type":"event"}\n{"message":"one","level":"error"}\n`;
  const take = (text: string) => readEnvelope(Buffer.from(text)).items.map(({ type }) => type);
  expect(take(`${header}{"type":"profile","length":3}\nabc\n${event}`)).toEqual(["profile", "event"]);
  expect(take(`${header}${event}{"type":"event","length":999}\nshort`)).toEqual(["event"]);
  expect(() => readEnvelope(Buffer.from("no JSON\n"))).toThrow("no JSON");
});
