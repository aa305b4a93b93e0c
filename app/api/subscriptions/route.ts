import { handleAsk } from "#server/api/public/handle-subscriptions.ts";

export const dynamic = "force-dynamic";
export { handleAsk as POST };
