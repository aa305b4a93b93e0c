import { z } from "zod";
import type { AuditCheck } from "#server/domain/audit.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { verifyChain } from "#server/services/audit/verify-chain.ts";
import { readFact, writeFact } from "#server/services/services/installation-facts.ts";

const auditFact = "audit-check";
const factSchema = z.object({
  at: z.string(),
  entries: z.number(),
  headHash: z.string(),
  problem: z.string().nullable(),
  /** The head of the last check that found all well: it must still occur in the chain at the next. */
  notedHash: z.string().nullable(),
});

/** Verifies the whole audit log and remembers the outcome for those who look at it. */
export async function checkAudit(ctx: Context): Promise<AuditCheck> {
  demand(ctx, "readAudit");
  const notedHash = (await readStored(ctx))?.notedHash ?? null;
  const report = await verifyChain(ctx, { notedHashes: notedHash === null ? [] : [notedHash] });
  const check = { at: ctx.now().toISOString(), ...report };
  const stored = { ...check, notedHash: report.problem === null ? report.headHash : notedHash };
  await writeFact(ctx, auditFact, JSON.stringify(stored));
  return check;
}

/** The outcome of the last check; null where none has been made yet. */
export async function readAuditCheck(ctx: Context): Promise<AuditCheck | null> {
  demand(ctx, "readAudit");
  const stored = await readStored(ctx);
  if (stored === null) return null;
  const { notedHash: _, ...check } = stored;
  return check;
}

async function readStored(ctx: Context) {
  const text = await readFact(ctx, auditFact);
  return text === null ? null : factSchema.parse(JSON.parse(text));
}
