import { reviewMail } from "#server/domain/review-mail.ts";
import type { Context } from "#server/kernel/context.ts";
import { MailError, type Mailer } from "#server/kernel/mailer.ts";
import { readReview } from "#server/services/health/read-review.ts";
import { claimReviewMail, isGivenUp, settleReviewMail } from "#server/services/health/review-mails.ts";

/**
 * Writes the next mail to whoever deployed what is watched, and says whether there was one. Any number of monitors may do
 * it at once. One that was sent by somebody who could not say so any more is sent again under the same name.
 */
export async function mailNextDeployer(
  ctx: Context,
  { mailer, portalUrl }: { mailer: Mailer; portalUrl: string },
): Promise<boolean> {
  const claimed = await claimReviewMail(ctx);
  if (claimed === null) return false;
  const { deploymentId, kind, address } = claimed;
  if (address === null) {
    await settleReviewMail(ctx, claimed);
    return true;
  }
  const review = await readReview(ctx, deploymentId);
  const urls = { review: `${portalUrl}/review/${deploymentId}`, settings: `${portalUrl}/settings` };
  try {
    await mailer.send({
      to: [address],
      messageId: `review-${deploymentId}-${kind}`,
      ...reviewMail(kind, review, urls),
    });
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    if (!isGivenUp(claimed, error.isPermanent)) return true;
  }
  await settleReviewMail(ctx, claimed);
  return true;
}
