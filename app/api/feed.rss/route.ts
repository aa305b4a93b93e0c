import { feedHandler } from "#server/api/public/handle-feed.ts";

const handle = feedHandler("rss");

export const dynamic = "force-dynamic";
export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
