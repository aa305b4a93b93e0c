import { handleAuditExport } from "#server/api/handle-audit-export.ts";

export const dynamic = "force-dynamic";
export { handleAuditExport as GET };
