import { z } from "zod";
import { actorKinds } from "#server/domain/audit.ts";
import { checkAudit, readAuditCheck } from "#server/flows/check-audit.ts";
import { listActions } from "#server/services/audit/list-actions.ts";
import { readEntry, readPage } from "#server/services/audit/read-page.ts";
import { permitted, router } from "./procedures.ts";
import { id, limit, text } from "./schemas.ts";

const moment = z.iso.datetime().transform((text) => new Date(text));

/** What narrows the audit log down, on its page and in what is exported from there. */
export const auditFilter = z.object({
  text: text.trim().min(1).max(200).optional(),
  action: text.min(1).max(200).optional(),
  actorKind: z.enum(actorKinds).optional(),
  from: moment.optional(),
  to: moment.optional(),
});

export const auditRouter = router({
  list: permitted("readAudit")
    .input(auditFilter.extend({ cursor: id.nullish(), limit: limit(100, 50) }))
    .query(({ ctx, input: { cursor, ...filter } }) =>
      readPage(ctx.verb, { ...filter, before: cursor ?? undefined }),
    ),
  get: permitted("readAudit")
    .input(z.object({ id }))
    .query(({ ctx, input }) => readEntry(ctx.verb, input.id)),
  actions: permitted("readAudit").query(({ ctx }) => listActions(ctx.verb)),
  check: permitted("readAudit").query(({ ctx }) => readAuditCheck(ctx.verb)),
  /** Takes about a second for 50,000 entries. */
  verify: permitted("readAudit").mutation(({ ctx }) => checkAudit(ctx.verb)),
});
