import { otherRoutes, routeTemplate } from "#server/domain/route-template.ts";
import { attributesOf, listOf, numberOf, partOf, statusAt, textAt, textOf } from "./otlp-attributes.ts";
import { exceptionOf } from "./otlp-exception.ts";
import { resourceOf } from "./otlp-resource.ts";
import { errorStatus, exceptionEvent, type SpanTaker, serverKind } from "./otlp-told.ts";

const nanosPerMs = 1_000_000;
const nanosPerSecond = 1_000_000_000;

/** Reads an ExportTraceServiceRequest in OTLP's JSON, already parsed. */
export function takeSpans(body: unknown, taker: SpanTaker): void {
  for (const resourceSpans of listOf(partOf(body).resourceSpans)) {
    const { resource, scopeSpans } = partOf(resourceSpans);
    taker.resource(resourceOf(resource));
    for (const scope of listOf(scopeSpans)) {
      for (const span of listOf(partOf(scope).spans)) takeSpan(span, taker);
    }
  }
}

function takeSpan(told: unknown, taker: SpanTaker): void {
  const span = partOf(told);
  const isServer = span.kind === serverKind;
  const endNanos = numberOf(span.endTimeUnixNano);
  const endedAt = Math.floor(endNanos / nanosPerSecond);
  const attributes = isServer ? attributesOf(span.attributes) : null;
  const target = attributes === null ? "" : textAt(attributes, "http.route", "url.path", "http.target");
  const route = target === "" ? otherRoutes : routeTemplate(target);
  if (attributes !== null) {
    taker.request({
      endedAt,
      latencyMs: (endNanos - numberOf(span.startTimeUnixNano)) / nanosPerMs,
      status: statusAt(attributes),
      isFailure: partOf(span.status).code === errorStatus,
      route,
    });
  }
  for (const event of listOf(span.events)) {
    const { name, attributes: told } = partOf(event);
    if (textOf(name) !== exceptionEvent) continue;
    taker.exception(exceptionOf(attributesOf(told)), endedAt, isServer ? route : null);
  }
}
