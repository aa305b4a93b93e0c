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
    OTEL_EXPORTER_OTLP_HEADERS: `${telemetryKeyHeader}=${key}`,
    SENTRY_DSN: sentryDsn(place),
    SENTRY_RELEASE: `${serviceSlug}@${releaseNumber}`,
    SENTRY_ENVIRONMENT: environmentSlug,
  };
}

export const telemetryKeyHeader = "x-anytime-key";

/** A project of ours is a service environment. */
export function sentryDsn(place: Pick<TelemetryPlace, "url" | "key" | "serviceEnvironmentId">): string {
  return `${place.url.replace("://", `://${place.key}@`)}/${place.serviceEnvironmentId}`;
}
