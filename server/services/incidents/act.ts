import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import {
  type IncidentAct,
  type IncidentEventKind,
  type IncidentState,
  incidentStates,
  incidentTransitions,
  type Mitigation,
  type RecoverySource,
  whyNot,
} from "#server/domain/incident.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { isUniqueViolation } from "#server/kernel/unique-violation.ts";
import { publishIncident, publishIncidentChange } from "#server/services/feed/publish.ts";
import { demandOf } from "./demand-of.ts";
import { writeEvent } from "./write-event.ts";

export interface IncidentActing {
  incidentId: number;
  act: IncidentAct;
  /** What to write beside it into the timeline. */
  text?: string | undefined;
  /** When users were well again, or all was as before; now where left out. */
  at?: Date;
  /** What took the effect from users; a person's word where left out. */
  mitigation?: { how: Mitigation; deploymentId: number | null; at: Date };
  source?: RecoverySource;
  counts?: { requests: number; affected: number };
}

const eventOf: Record<IncidentAct, IncidentEventKind> = {
  confirm: "confirmed",
  dismiss: "dismissed",
  mitigate: "mitigated",
  recover: "recovered",
  reopen: "reopened",
};

const changedSchema = z.object({
  former: z.enum(incidentStates),
  mitigatingDeploymentId: z.coerce.number().nullable(),
});

/** Leads an incident on, by the table of what may follow. ConflictError where its state does not allow it (any more). */
export async function act(ctx: Context, acting: IncidentActing): Promise<void> {
  const { incidentId, act: name } = acting;
  await demandOf(ctx, "deploy", incidentId);
  await inTransaction(ctx, async (tx) => {
    const changed = await change(tx, acting);
    await writeEvent(tx, {
      ...{ incidentId, kind: eventOf[name], text: acting.text ?? "" },
      happenedAt: acting.at ?? tx.now(),
    });
    await record(tx, {
      action: "incidents/act",
      subject: `incident:${incidentId}`,
      before: { state: changed.former },
      after: { state: incidentTransitions[name].to, act: name },
    });
    await publish(tx, incidentId, name, changed);
  });
}

async function change(tx: Context, acting: IncidentActing): Promise<z.infer<typeof changedSchema>> {
  const { incidentId, act: name } = acting;
  const { from, to } = incidentTransitions[name];
  const states = sql.join(
    from.map((state) => sql`${state}`),
    sql`, `,
  );
  try {
    const [row] = await tx.db.execute(sql`
      with former as (select id, state from incidents where id = ${incidentId} for update)
      update incidents set state = ${to}, ${columnsOf(tx, acting)}
      from former where incidents.id = former.id and former.state in (${states})
      returning former.state as former, mitigating_deployment_id as "mitigatingDeploymentId"`);
    if (row !== undefined) return changedSchema.parse(row);
  } catch (error) {
    if (!isUniqueViolation(error, "incidents_one_ongoing")) throw error;
    throw new ConflictError("Another incident goes on there: write into that one.");
  }
  throw await refusal(tx, incidentId, name);
}

function columnsOf(tx: Context, { act: name, at, mitigation, source, counts }: IncidentActing): SQL {
  const moment = (date: Date) => sql`${date.toISOString()}::timestamptz`;
  const now = at ?? tx.now();
  const counted =
    counts === undefined ? sql`` : sql`, requests = ${counts.requests}, affected = ${counts.affected}`;
  const {
    how,
    deploymentId,
    at: mitigatedAt,
  } = mitigation ?? {
    ...{ how: "person" as const, deploymentId: null, at: now },
  };
  switch (name) {
    case "mitigate":
      return sql`mitigated_at = greatest(began_at, ${moment(mitigatedAt)}), mitigation = ${how},
        mitigating_deployment_id = ${deploymentId}::bigint ${counted}`;
    case "recover":
      return sql`recovered_at = greatest(began_at, mitigated_at, ${moment(now)}),
        recovery_source = ${source ?? "person"},
        mitigation = case when mitigated_at is null then ${how} else mitigation end,
        mitigating_deployment_id = case when mitigated_at is null then ${deploymentId}::bigint
          else mitigating_deployment_id end,
        mitigated_at = coalesce(mitigated_at, greatest(began_at, ${moment(mitigatedAt)})) ${counted}`;
    case "reopen":
      return sql`recovered_at = null, recovery_source = null, mitigated_at = null, mitigation = null,
        mitigating_deployment_id = null`;
    default:
      return sql`title = title`;
  }
}

async function refusal(tx: Context, incidentId: number, name: IncidentAct): Promise<Error> {
  const [row] = await tx.db.execute<{ state: IncidentState }>(
    sql`select state from incidents where id = ${incidentId}`,
  );
  if (row === undefined) return new NotFoundError(`There is no incident ${incidentId}.`);
  return new ConflictError(whyNot(name, row.state) ?? "It has just changed. Look again.");
}

/** What was only suspected and went by itself is no recovery to tell of. */
async function publish(
  tx: Context,
  incidentId: number,
  name: IncidentAct,
  { former, mitigatingDeploymentId }: z.infer<typeof changedSchema>,
): Promise<void> {
  const isKnown = former !== "suspected" || mitigatingDeploymentId !== null;
  if (name === "confirm" || (name === "reopen" && former !== "mitigated")) {
    await publishIncident(tx, incidentId, { kind: "recovery", state: "opened" });
    await publishIncidentChange(tx, incidentId, { kind: "incident", state: "ongoing" });
  }
  if (name === "recover" && isKnown) {
    await publishIncident(tx, incidentId, { kind: "recovery", state: "recovered" });
  }
  if (name === "dismiss") {
    await publishIncidentChange(tx, incidentId, { kind: "recovery", state: "cancelled" });
  }
  if (name === "dismiss" || name === "recover") {
    await publishIncidentChange(tx, incidentId, { kind: "incident", state: "over" });
  }
}
