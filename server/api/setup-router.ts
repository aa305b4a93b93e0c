import { z } from "zod";
import { administratorExists } from "#server/services/identity/administrator-exists.ts";
import { completeSetup } from "#server/services/identity/complete-setup.ts";
import { open, router } from "./procedures.ts";
import { text } from "./schemas.ts";

export const setupRouter = router({
  status: open.query(async ({ ctx }) => ({ isNeeded: !(await administratorExists(ctx.verb)) })),
  complete: open
    .input(z.object({ token: text, name: text, email: text, password: text }))
    .mutation(({ ctx, input }) => completeSetup(ctx.verb, input)),
});
