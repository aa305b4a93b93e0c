/**
 * Who tells of requests and errors, the most trusted first. What is counted stands apart by its source, and whatever is
 * said of a stretch of time is said from one source alone: nothing is counted twice.
 */
export const signalSources = ["router", "otlp", "sentry", "prometheus"] as const;
export type SignalSource = (typeof signalSources)[number];

/** What a service may tell of itself. */
export const telemetryKinds = ["traces", "metrics", "logs", "sentry"] as const;
export type TelemetryKind = (typeof telemetryKinds)[number];

/** How what is said was come by. */
export const sourceWords: Record<SignalSource, string> = {
  router: "counted by the router",
  otlp: "told by OpenTelemetry",
  sentry: "told by Sentry",
  prometheus: "told by Prometheus",
};
