import { expect } from "vitest";
import type { AuditedAsking } from "./audited-asking.ts";

/** Each thing that is done about an incident, by people and by machines, once. */
export async function leadThroughIncidents(
  { call, ask, left }: AuditedAsking,
  { token, deploymentId }: { token: string; deploymentId: number },
): Promise<void> {
  const place = { serviceSlug: "shop", environmentSlug: "staging" };
  const { id: incidentId } = await call("engineer", "incidents.report", place);
  expect(await left()).toEqual(["incidents/open by Grace"]);
  const acts = [
    ["lookAt", {}, "look-at"],
    ["writeNote", { text: "The database is slow." }, "write-note"],
    ["publishUpdate", { text: "Some pages are slow right now." }, "publish-update"],
    ["setChange", { deploymentId }, "set-change"],
    ["act", { act: "mitigate" }, "act"],
    ["act", { act: "recover" }, "act"],
    ["thank", {}, "thank"],
    [
      "saveWriteUp",
      {
        ...{ whatHappened: "It was slow.", whatHelped: "", whatWeChange: "" },
        actions: [{ text: "Add an index", ownerId: null, dueOn: "2027-01-31", isDone: false }],
      },
      "save-write-up",
    ],
  ] as const;
  for (const [procedure, input, verb] of acts) {
    await call("engineer", `incidents.${procedure}`, { incidentId, ...input });
    expect(await left()).toEqual([`incidents/${verb} by Grace`]);
  }
  const reported = await ask(token, "reportIncident", "/services/shop/incidents", { environment: "staging" });
  expect(await left()).toEqual(["incidents/open by CI"]);
  const dismissing = `/services/shop/incidents/${reported.number}/acts`;
  await ask(token, "actOnIncident", dismissing, { act: "dismiss" });
  expect(await left()).toEqual(["incidents/act by CI"]);
  const here = "?service=shop&environment=staging";
  const alerts = [{ status: "firing", labels: { alertname: "Slow" } }];
  await ask(token, "alertmanagerWebhook", `/alerts/alertmanager${here}`, { alerts });
  expect(await left()).toEqual(["incidents/open by CI"]);
  const event = { title: "TypeError", issue_id: "1" };
  await ask(token, "sentryWebhook", `/alerts/sentry${here}`, { action: "triggered", data: { event } });
  expect(await left()).toEqual(["incidents/see-again by CI"]);
  const triggered = { event_type: "incident.triggered", data: { id: "P1", title: "Slow" } };
  await ask(token, "pagerdutyWebhook", `/alerts/pagerduty${here}`, { event: triggered });
  expect(await left()).toEqual(["incidents/see-again by CI"]);
}
