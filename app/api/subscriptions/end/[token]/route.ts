import { handleEnd } from "#server/api/public/handle-subscriptions.ts";

export const dynamic = "force-dynamic";
export { handleEnd as GET, handleEnd as POST };
