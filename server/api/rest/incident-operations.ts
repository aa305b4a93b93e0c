import { z } from "zod";
import { type AlertFormat, alertFormats } from "#server/domain/alerts.ts";
import { incidentActs, incidentStates, mitigations, recoverySources } from "#server/domain/incident.ts";
import type { IncidentBrief } from "#server/domain/incident-views.ts";
import { draftWriteUp, writeUpMarkdown } from "#server/domain/write-up.ts";
import { reportIncident } from "#server/flows/report-incident.ts";
import { takeAlerts } from "#server/flows/take-alerts.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { act } from "#server/services/incidents/act.ts";
import { getIncident, listIncidents } from "#server/services/incidents/list-incidents.ts";
import { readEvents } from "#server/services/incidents/read-details.ts";
import { readWriteUp } from "#server/services/incidents/write-up.ts";
import { getService } from "#server/services/services/get-service.ts";
import { slug, text } from "../schemas.ts";
import { operation } from "./operation.ts";

const number = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const one = z.object({ slug, number });
const moment = z.string().nullable().describe("ISO 8601");

/** What machines read of an incident. Nobody is named in it. */
const incidentAnswer = z.object({
  number: z.int(),
  service: z.string(),
  environment: z.string(),
  state: z.enum(incidentStates),
  title: z.string(),
  deployment: z.int().nullable().describe("What the evidence points to; null for none"),
  beganAt: moment,
  detectedAt: moment,
  mitigatedAt: moment,
  mitigation: z.enum(mitigations).nullable(),
  recoveredAt: moment,
  recoverySource: z.enum(recoverySources).nullable(),
  requests: z.int(),
  affected: z.int(),
  url: z.string(),
});

const senders: Record<AlertFormat, string> = {
  alertmanager: "Alertmanager",
  sentry: "alerts of Sentry",
  pagerduty: "PagerDuty",
};

export const incidentOperations = [
  operation({
    id: "listIncidents",
    method: "GET",
    path: "/services/{slug}/incidents",
    summary: "Incidents of a service, newest first",
    needs: "read",
    about: "service",
    params: z.object({ slug }),
    query: z.strictObject({
      before: number.optional().describe("`nextBefore` of the page before"),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
    answer: z.object({ items: z.array(incidentAnswer), nextBefore: z.int().nullable() }),
    async handle({ verb, portalUrl }, { slug: serviceSlug, before, limit }) {
      await getService(verb, serviceSlug);
      const { items, nextBefore } = await listIncidents(verb, { serviceSlug, before, limit });
      return { items: items.map((incident) => toIncident(incident, portalUrl)), nextBefore };
    },
  }),
  operation({
    id: "reportIncident",
    method: "POST",
    path: "/services/{slug}/incidents",
    summary: "Say that users are affected; joins the incident that goes on there",
    needs: "deploy",
    about: "service",
    params: z.object({ slug }),
    body: z.strictObject({
      environment: slug,
      title: text.optional().describe("What users feel, in at most 200 characters"),
    }),
    answer: incidentAnswer,
    status: 201,
    async handle({ verb, portalUrl }, { slug: serviceSlug, environment: environmentSlug, title }) {
      const { id } = await reportIncident(verb, { serviceSlug, environmentSlug, text: title });
      return toIncident(await getIncident(verb, id), portalUrl);
    },
  }),
  operation({
    id: "getIncident",
    method: "GET",
    path: "/services/{slug}/incidents/{number}",
    summary: "An incident",
    needs: "read",
    about: "service",
    params: one,
    answer: incidentAnswer,
    handle: async ({ verb, portalUrl }, input) => toIncident(await incidentOf(verb, input), portalUrl),
  }),
  operation({
    id: "actOnIncident",
    method: "POST",
    path: "/services/{slug}/incidents/{number}/acts",
    summary: "Confirm, dismiss, mitigate, recover or reopen an incident",
    needs: "deploy",
    about: "service",
    params: one,
    body: z.strictObject({ act: z.enum(incidentActs) }),
    answer: incidentAnswer,
    async handle({ verb, portalUrl }, { act: name, ...input }) {
      const { id: incidentId } = await incidentOf(verb, input);
      await act(verb, { incidentId, act: name });
      return toIncident(await getIncident(verb, incidentId), portalUrl);
    },
  }),
  operation({
    id: "exportWriteUp",
    method: "GET",
    path: "/services/{slug}/incidents/{number}/write-up",
    summary: "The write-up of an incident as Markdown; a draft from its timeline while none was written",
    needs: "read",
    about: "service",
    params: one,
    answer: null,
    async handle({ verb }, input) {
      const incident = await incidentOf(verb, input);
      const events = (await readEvents(verb, [incident.id])).get(incident.id) ?? [];
      const writeUp = (await readWriteUp(verb, incident.id)) ?? {
        ...draftWriteUp(incident, events),
        actions: [],
      };
      return new Response(writeUpMarkdown(incident, events, writeUp), {
        headers: { "content-type": "text/markdown; charset=utf-8" },
      });
    },
  }),
  ...alertFormats.map(webhookOf),
];

function webhookOf(format: AlertFormat) {
  return operation({
    id: `${format}Webhook`,
    method: "POST",
    path: `/alerts/${format}`,
    summary: `Webhook for ${senders[format]}: what fires opens an incident, or joins the one that goes on`,
    needs: "deploy",
    about: "list",
    query: z.strictObject({
      service: slug.optional().describe("Slug; the label or tag `service` of the alert if left out"),
      environment: slug.optional().describe("Slug; the label or tag if left out, else production"),
    }),
    body: z.looseObject({}),
    answer: z.object({ incidents: z.array(z.int()).describe("Their numbers") }),
    handle: ({ verb }, { service, environment, ...body }) =>
      takeAlerts(verb, { format, service, environment, body }),
  });
}

async function incidentOf(
  verb: Context,
  { slug: serviceSlug, number: id }: { slug: string; number: number },
) {
  const incident = await getIncident(verb, id);
  if (incident.serviceSlug !== serviceSlug)
    throw new NotFoundError(`There is no incident ${id} of ${serviceSlug}.`);
  return incident;
}

function toIncident(incident: IncidentBrief, portalUrl: string): z.input<typeof incidentAnswer> {
  const { id, serviceSlug, environmentSlug, change, ...rest } = incident;
  return {
    ...rest,
    ...{ number: id, service: serviceSlug, environment: environmentSlug },
    deployment: change?.deploymentId ?? null,
    url: `${portalUrl}/incidents/${id}`,
  };
}
