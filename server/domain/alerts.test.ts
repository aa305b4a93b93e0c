import { expect, test } from "vitest";
import { readAlerts } from "./alerts.ts";

test("Alertmanager: each alert of the group, by its fingerprint, with its labels", () => {
  const alert = {
    status: "firing",
    labels: { alertname: "HighErrorRate", service: "hello", env: "production", severity: "page" },
    annotations: { summary: "Nobody can pay.", runbook_url: "https://example.org" },
    startsAt: "2027-01-05T10:00:00.000Z",
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL: "http://prometheus/graph",
    fingerprint: "af13d3",
  };
  const resolved = { ...alert, status: "resolved", fingerprint: undefined, annotations: {} };
  const body = {
    version: "4",
    groupKey: "{}",
    receiver: "anytime",
    status: "firing",
    alerts: [alert, resolved],
  };
  expect(readAlerts("alertmanager", body)).toEqual([
    {
      cause: "alertmanager af13d3",
      title: "Nobody can pay",
      isFiring: true,
      startedAt: "2027-01-05T10:00:00.000Z",
      service: "hello",
      environment: "production",
    },
    expect.objectContaining({ isFiring: false, title: "HighErrorRate" }),
  ]);
});

test("Sentry: an issue alert by its issue and tags, a metric alert by its number", () => {
  const event = {
    title: "TypeError: x is undefined",
    issue_id: "1170820242",
    datetime: "2027-01-05T10:00:00.000000Z",
    tags: [
      ["environment", "production"],
      ["service", "hello"],
      ["empty", null],
    ],
  };
  expect(readAlerts("sentry", { action: "triggered", data: { event, triggered_rule: "r" } })).toEqual([
    {
      cause: "sentry 1170820242",
      title: "TypeError: x is undefined",
      isFiring: true,
      startedAt: "2027-01-05T10:00:00.000000Z",
      service: "hello",
      environment: "production",
    },
  ]);
  const metric = {
    action: "resolved",
    data: { metric_alert: { id: 7 }, description_title: "Resolved: p95" },
  };
  expect(readAlerts("sentry", metric)).toEqual([
    expect.objectContaining({ cause: "sentry metric 7", isFiring: false, title: "Resolved: p95" }),
  ]);
  expect(readAlerts("sentry", { action: "created", data: { installation: {} } })).toEqual([]);
});

test("PagerDuty: what is triggered or resolved, and nothing of what happens between", () => {
  const event = (type: string) => ({
    event: {
      event_type: type,
      occurred_at: "2027-01-05T10:00:00Z",
      data: { id: "PGR0VU2", title: "A little bump" },
    },
  });
  expect(readAlerts("pagerduty", event("incident.triggered"))).toEqual([
    expect.objectContaining({ cause: "pagerduty PGR0VU2", title: "A little bump", isFiring: true }),
  ]);
  expect(readAlerts("pagerduty", event("incident.resolved"))).toEqual([
    expect.objectContaining({ isFiring: false }),
  ]);
  expect(readAlerts("pagerduty", event("incident.acknowledged"))).toEqual([]);
});

test("what has another shape, or too much, is refused; what nothing stores is left out of a title", () => {
  expect(() => readAlerts("alertmanager", { alerts: "all" })).toThrow();
  expect(() => readAlerts("pagerduty", {})).toThrow();
  const alert = { status: "firing", labels: { alertname: "a\0\ud800b" } };
  expect(readAlerts("alertmanager", { alerts: [alert] })[0]?.title).toBe("a\ufffdb");
  expect(() => readAlerts("alertmanager", { alerts: Array.from({ length: 101 }, () => alert) })).toThrow(
    "At most",
  );
});
