import { expect, test } from "vitest";
import { telemetryVariables, withOwnVariables } from "./telemetry-variables.ts";

/** What instances get of ours beside what their service sets. */
const ours = telemetryVariables({
  url: "https://anytime.example.org",
  key: "k",
  ...{ serviceEnvironmentId: 3, serviceSlug: "shop", environmentSlug: "staging" },
  releaseNumber: 42,
  instance: null,
});

test("a service's own variables win, and the others stay", () => {
  const own = { SENTRY_DSN: "https://own@sentry.example.org/1", OTEL_SERVICE_NAME: "till", A: "b" };
  expect(withOwnVariables(ours, own)).toEqual({ ...ours, ...own });
});

test("the release stays known whatever attributes a service adds", () => {
  const own = { OTEL_RESOURCE_ATTRIBUTES: "team=web, service.version=dev" };
  expect(withOwnVariables(ours, own).OTEL_RESOURCE_ATTRIBUTES).toBe(
    "team=web,service.version=42,deployment.environment.name=staging",
  );
});

test.each(["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])(
  "the key is not sent to where %s leads",
  (name) => {
    const { OTEL_EXPORTER_OTLP_HEADERS, ...given } = withOwnVariables(ours, {
      [name]: "https://other.example.org",
    });
    expect(OTEL_EXPORTER_OTLP_HEADERS).toBeUndefined();
    expect(given[name]).toBe("https://other.example.org");
  },
);
