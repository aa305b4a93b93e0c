export interface TelemetryPlace {
  /** Where telemetry is taken in, without a slash at its end. */
  url: string;
  key: string;
  serviceEnvironmentId: number;
  serviceSlug: string;
  environmentSlug: string;
  releaseNumber: number;
  /** Of one process among several; null where it is not started by the portal. */
  instance: string | null;
}

/**
 * What an unmodified SDK of OpenTelemetry or Sentry needs to tell of the right release. Sources:
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and https://docs.sentry.io/platforms/javascript/configuration/options/.
 */
export function telemetryVariables(place: TelemetryPlace): Record<string, string> {
  const { url, key, serviceSlug, environmentSlug, releaseNumber, instance } = place;
  return {
    OTEL_SERVICE_NAME: serviceSlug,
    OTEL_RESOURCE_ATTRIBUTES: [
      `service.version=${releaseNumber}`,
      `deployment.environment.name=${environmentSlug}`,
      ...(instance === null ? [] : [`service.instance.id=${instance}`]),
    ].join(","),
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_EXPORTER_OTLP_HEADERS: otlpHeader(key),
    SENTRY_DSN: sentryDsn(place),
    SENTRY_RELEASE: `${serviceSlug}@${releaseNumber}`,
    SENTRY_ENVIRONMENT: environmentSlug,
  };
}

export const telemetryKeyHeader = "x-anytime-key";

/** As it stands in `OTEL_EXPORTER_OTLP_HEADERS`. */
export function otlpHeader(key: string): string {
  return `${telemetryKeyHeader}=${key}`;
}

const ownEndpoint = /^OTEL_EXPORTER_OTLP_([A-Z]+_)?ENDPOINT$/;

/**
 * What an instance gets of ours beside what its service sets, wherever that is set: a service's own variables win. Two
 * things differ: resource attributes are put together, where ours win, so that the release stays known; and whoever names an
 * endpoint of their own gets nothing of our exporter, so that our key is not sent there.
 */
export function withOwnVariables(
  ours: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const exportsElsewhere = Object.keys(own).some((name) => ownEndpoint.test(name));
  const given = Object.entries(ours).filter(
    ([name]) => !(exportsElsewhere && name.startsWith("OTEL_EXPORTER_OTLP_")),
  );
  const attributes = joinAttributes(own.OTEL_RESOURCE_ATTRIBUTES, ours.OTEL_RESOURCE_ATTRIBUTES);
  return {
    ...Object.fromEntries(given),
    ...own,
    ...(attributes === "" ? {} : { OTEL_RESOURCE_ATTRIBUTES: attributes }),
  };
}

function joinAttributes(own = "", ours = ""): string {
  const pairs = (text: string) => text.split(",").filter((pair) => pair.trim() !== "");
  const nameOf = (pair: string) => pair.split("=")[0]?.trim();
  const taken = new Set(pairs(ours).map(nameOf));
  return [...pairs(own).filter((pair) => !taken.has(nameOf(pair))), ...pairs(ours)].join(",");
}

/** A project of ours is a service environment. */
export function sentryDsn(place: Pick<TelemetryPlace, "url" | "key" | "serviceEnvironmentId">): string {
  return `${place.url.replace("://", `://${place.key}@`)}/${place.serviceEnvironmentId}`;
}
