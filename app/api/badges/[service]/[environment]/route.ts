import { handleBadge } from "#server/api/public/handle-badge.ts";

export const dynamic = "force-dynamic";
export {
  handleBadge as DELETE,
  handleBadge as GET,
  handleBadge as PATCH,
  handleBadge as POST,
  handleBadge as PUT,
};
