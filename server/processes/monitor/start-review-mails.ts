import { mailNextDeployer } from "#server/flows/mail-deployers.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import type { Outside } from "#server/services/broadcast/outside.ts";
import { repeat } from "../deploy-worker/repeat.ts";

const everyMs = 2_000;

/** Mails whoever deployed what is watched. Without a mail server nothing is sent. */
export function startReviewMails(
  ctx: Context,
  { mailer, portalUrl }: Pick<Outside, "mailer" | "portalUrl">,
  logger: Logger,
): { stop(): Promise<void> } {
  let isStopping = false;
  const rounds = repeat(
    everyMs,
    async () => {
      while (mailer !== null && !isStopping && (await mailNextDeployer(ctx, { mailer, portalUrl })));
    },
    (err) => logger.error({ err }, "whoever deployed was not mailed"),
  );
  return {
    async stop() {
      isStopping = true;
      await rounds.stop();
    },
  };
}
