import { z } from "zod";

/**
 * What machines that watch send when something is wrong, and when it is over: Alertmanager's webhook (version 4), alerts of
 * Sentry's integrations, and PagerDuty's webhooks (version 3). Of each so much is read as an incident needs; the rest may be
 * whatever it is.
 */

export const alertFormats = ["alertmanager", "sentry", "pagerduty"] as const;
export type AlertFormat = (typeof alertFormats)[number];

export interface Alert {
  /** The same while it lasts, however often it is sent. */
  cause: string;
  /** What is wrong, as a sentence. */
  title: string;
  isFiring: boolean;
  /** ISO 8601; null where it does not say. */
  startedAt: string | null;
  /** Slugs, as far as it names them. */
  service: string | null;
  environment: string | null;
}

const mostAlerts = 100;
const longestTitle = 200;

const label = z.string().max(5_000);
const labels = z.record(z.string(), label).default({});
const moment = z.iso.datetime({ offset: true }).nullish();

const alertmanagerSchema = z.looseObject({
  alerts: z
    .array(
      z.looseObject({
        status: z.enum(["firing", "resolved"]),
        labels,
        annotations: labels,
        startsAt: moment,
        fingerprint: label.optional(),
      }),
    )
    .max(mostAlerts, `At most ${mostAlerts} alerts at once: have Alertmanager group them.`),
});

const tags = z.array(z.tuple([label, label.nullable()])).default([]);
const sentrySchema = z.looseObject({
  action: z.string().max(100),
  data: z.looseObject({
    event: z
      .looseObject({
        title: label,
        issue_id: label.nullish(),
        event_id: label.nullish(),
        datetime: moment,
        tags,
      })
      .optional(),
    metric_alert: z
      .looseObject({ id: z.coerce.string().max(100), title: label.nullish(), date_started: moment })
      .optional(),
    description_title: label.nullish(),
  }),
});

const pagerdutySchema = z.looseObject({
  event: z.looseObject({
    event_type: z.string().max(100),
    occurred_at: moment,
    data: z.looseObject({ id: label, title: label.nullish(), created_at: moment }),
  }),
});

/** The alerts of a body in this format; none where it is about something else. Throws ZodError where it has another shape. */
export function readAlerts(format: AlertFormat, body: unknown): Alert[] {
  if (format === "alertmanager") return alertmanagerSchema.parse(body).alerts.map(ofAlertmanager);
  if (format === "sentry") return ofSentry(sentrySchema.parse(body));
  return ofPagerduty(pagerdutySchema.parse(body));
}

function ofAlertmanager(alert: z.infer<typeof alertmanagerSchema>["alerts"][number]): Alert {
  const { status, labels: given, annotations, startsAt, fingerprint } = alert;
  const name = given.alertname ?? "An alert";
  const key = Object.entries(given).sort().map(String).join(";");
  return {
    cause: `alertmanager ${fingerprint ?? key}`.slice(0, 500),
    title: titleOf(annotations.summary ?? annotations.description ?? name),
    isFiring: status === "firing",
    startedAt: startsAt ?? null,
    service: given.service ?? given.job ?? null,
    environment: given.environment ?? given.env ?? null,
  };
}

function ofSentry({ action, data }: z.infer<typeof sentrySchema>): Alert[] {
  const { event, metric_alert: metric } = data;
  if (metric !== undefined) {
    return [
      {
        cause: `sentry metric ${metric.id}`,
        title: titleOf(data.description_title ?? metric.title ?? "A metric alert"),
        isFiring: action !== "resolved",
        startedAt: metric.date_started ?? null,
        ...{ service: null, environment: null },
      },
    ];
  }
  if (event === undefined) return [];
  const tag = (name: string) => event.tags.find(([key]) => key === name)?.[1] ?? null;
  return [
    {
      cause: `sentry ${event.issue_id ?? event.event_id ?? event.title}`.slice(0, 500),
      title: titleOf(event.title),
      isFiring: action === "triggered",
      startedAt: event.datetime ?? null,
      service: tag("service"),
      environment: tag("environment"),
    },
  ];
}

const pagerdutyEvents: Record<string, boolean> = {
  "incident.triggered": true,
  "incident.reopened": true,
  "incident.resolved": false,
};

function ofPagerduty({ event }: z.infer<typeof pagerdutySchema>): Alert[] {
  const isFiring = pagerdutyEvents[event.event_type];
  if (isFiring === undefined) return [];
  const { id, title, created_at: createdAt } = event.data;
  return [
    {
      cause: `pagerduty ${id}`,
      title: titleOf(title ?? "An incident of PagerDuty"),
      isFiring,
      startedAt: createdAt ?? event.occurred_at ?? null,
      ...{ service: null, environment: null },
    },
  ];
}

/** Without a NUL or half a character, which nothing stores. */
function titleOf(text: string): string {
  const plain = text.toWellFormed().replaceAll("\0", "").replace(/\s+/g, " ").trim().replace(/\.$/, "");
  return plain === "" ? "Something is wrong" : plain.slice(0, longestTitle).toWellFormed();
}
