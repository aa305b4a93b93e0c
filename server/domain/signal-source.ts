/**
 * Who tells of requests and errors, the most trusted first. What is counted stands apart by its source, and whatever is
 * said of a stretch of time is said from one source alone: nothing is counted twice.
 */
export const signalSources = ["router", "otlp", "sentry", "prometheus"] as const;
export type SignalSource = (typeof signalSources)[number];
