import { z } from "zod";
import { deploymentKinds, stepNames } from "./deployment.ts";
import { bylines, feedKinds, feedStates } from "./feed.ts";
import { mitigations } from "./incident.ts";
import { noteKinds } from "./note.ts";

/** All that is known of a line of the feed. Internal readers see it; what of it is public `publicItemOf` says. */

const moment = z.coerce.date().transform((at) => at.toISOString());

export const feedRowSchema = z.object({
  publicId: z.string(),
  kind: z.enum(feedKinds),
  state: z.enum(feedStates),
  happenedAt: moment,
  service: z
    .object({
      slug: z.string(),
      name: z.string(),
      team: z.string().nullable(),
      isPublic: z.boolean(),
      byline: z.enum(bylines),
      contact: z.string().nullable(),
    })
    .nullable(),
  environment: z.object({ slug: z.string(), name: z.string(), isShown: z.boolean() }).nullable(),
  deployment: z
    .object({
      id: z.number(),
      kind: z.enum(deploymentKinds),
      subject: z.string(),
      requestedByName: z.string(),
      /** False where a machine asked for it. */
      isByPerson: z.boolean(),
      releaseNumber: z.number().nullable(),
      /** When it is to start, where somebody said so. */
      scheduledFor: moment.nullable(),
      startedAt: moment.nullable(),
      switchedAt: moment.nullable(),
      finishedAt: moment.nullable(),
      failedStep: z.enum(stepNames).nullable(),
    })
    .nullable(),
  note: z
    .object({
      kind: z.enum(noteKinds),
      text: z.string(),
      linkUrl: z.string().nullable(),
      picture: z
        .object({ id: z.string(), description: z.string(), width: z.number(), height: z.number() })
        .nullable(),
    })
    .nullable(),
  hold: z
    .object({
      reason: z.string(),
      placedByName: z.string(),
      endsAt: moment,
      endedAt: moment.nullable(),
    })
    .nullable(),
  incident: z
    .object({
      id: z.number(),
      title: z.string(),
      beganAt: moment,
      recoveredAt: moment.nullable(),
      requests: z.number(),
      affected: z.number(),
      mitigation: z.enum(mitigations).nullable(),
      /** What a person published last. */
      update: z.string().nullable(),
      /** The deployment that took the effect from users. */
      fix: z
        .object({
          kind: z.enum(deploymentKinds),
          releaseNumber: z.number().nullable(),
          requestedByName: z.string(),
          isByPerson: z.boolean(),
          authorName: z.string(),
        })
        .nullable(),
    })
    .nullable(),
});
export type FeedRow = z.infer<typeof feedRowSchema>;
