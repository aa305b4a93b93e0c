import { z } from "zod";
import { getInstance } from "#server/services/services/get-instance.ts";
import { readOutput } from "#server/services/targets/read-output.ts";
import { watchOutput } from "#server/services/targets/watch-output.ts";
import { permitted, router } from "./procedures.ts";
import { count, id, limit } from "./schemas.ts";

export const instancesRouter = router({
  get: permitted("readOutput")
    .input(z.object({ id }))
    .query(({ ctx, input }) => getInstance(ctx.verb, input.id)),
  /** Whoever asks looks: its worker shows more while somebody does. */
  readOutput: permitted("readOutput")
    .input(z.object({ id, afterLine: count.default(0), limit: limit(5_000, 1_000) }))
    .query(async ({ ctx, input: { id, ...range } }) => {
      await watchOutput(ctx.verb, { instanceId: id });
      return readOutput(ctx.verb, { instanceId: id, ...range });
    }),
});
