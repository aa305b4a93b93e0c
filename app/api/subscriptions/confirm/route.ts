import { handleConfirm } from "#server/api/public/handle-subscriptions.ts";

export const dynamic = "force-dynamic";
export { handleConfirm as POST };
