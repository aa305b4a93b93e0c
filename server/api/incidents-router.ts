import { z } from "zod";
import { incidentActs } from "#server/domain/incident.ts";
import { readIncidentPage } from "#server/flows/read-incident-page.ts";
import { readRecoveriesPage } from "#server/flows/read-recoveries-page.ts";
import { reportIncident } from "#server/flows/report-incident.ts";
import { act } from "#server/services/incidents/act.ts";
import { listOngoing, listPast } from "#server/services/incidents/list-incidents.ts";
import { setChange } from "#server/services/incidents/set-change.ts";
import { thank } from "#server/services/incidents/thank.ts";
import { lookAt, publishUpdate, writeNote } from "#server/services/incidents/write-timeline.ts";
import { saveWriteUp } from "#server/services/incidents/write-up.ts";
import { permitted, router } from "./procedures.ts";
import { id, limit, slug, text } from "./schemas.ts";

const one = z.object({ incidentId: id });
const written = one.extend({ text });

export const incidentsRouter = router({
  ongoing: permitted("read").query(({ ctx }) => listOngoing(ctx.verb)),
  past: permitted("read")
    .input(z.object({ cursor: id.nullish(), limit: limit(100, 30) }))
    .query(({ ctx, input }) => listPast(ctx.verb, { before: input.cursor ?? undefined, limit: input.limit })),
  page: permitted("read")
    .input(one)
    .query(({ ctx, input }) => readIncidentPage(ctx.verb, input.incidentId)),
  recoveries: permitted("read").query(({ ctx }) => readRecoveriesPage(ctx.verb)),
  report: permitted("deploy")
    .input(z.object({ serviceSlug: slug, environmentSlug: slug, text: text.optional() }))
    .mutation(({ ctx, input }) => reportIncident(ctx.verb, input)),
  act: permitted("deploy")
    .input(one.extend({ act: z.enum(incidentActs), text: text.max(1_000).optional() }))
    .mutation(({ ctx, input }) => act(ctx.verb, input)),
  lookAt: permitted("deploy")
    .input(one)
    .mutation(({ ctx, input }) => lookAt(ctx.verb, input.incidentId)),
  writeNote: permitted("deploy")
    .input(written)
    .mutation(({ ctx, input }) => writeNote(ctx.verb, input)),
  publishUpdate: permitted("deploy")
    .input(written)
    .mutation(({ ctx, input }) => publishUpdate(ctx.verb, input)),
  setChange: permitted("deploy")
    .input(one.extend({ deploymentId: id.nullable() }))
    .mutation(({ ctx, input }) => setChange(ctx.verb, input)),
  thank: permitted("read")
    .input(one.extend({ text: text.optional() }))
    .mutation(({ ctx, input }) => thank(ctx.verb, input)),
  saveWriteUp: permitted("deploy")
    .input(
      one.extend({
        ...{ whatHappened: text.max(20_000), whatHelped: text.max(20_000), whatWeChange: text.max(20_000) },
        actions: z
          .array(z.object({ text, ownerId: id.nullable(), dueOn: text.nullable(), isDone: z.boolean() }))
          .max(100),
      }),
    )
    .mutation(({ ctx, input }) => saveWriteUp(ctx.verb, input)),
});
