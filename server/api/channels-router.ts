import { z } from "zod";
import { broadcastEvents, channelKinds, deliveryStates } from "#server/domain/broadcast.ts";
import { listDeliveriesInWords } from "#server/flows/list-deliveries-in-words.ts";
import { previewMessage } from "#server/flows/preview-message.ts";
import { createChannel } from "#server/services/broadcast/create-channel.ts";
import { listChannels, readChannel } from "#server/services/broadcast/list-channels.ts";
import { pauseChannel } from "#server/services/broadcast/pause-channel.ts";
import { removeChannel } from "#server/services/broadcast/remove-channel.ts";
import { rotateSigningSecret } from "#server/services/broadcast/rotate-signing-secret.ts";
import { sendAgain } from "#server/services/broadcast/send-again.ts";
import { tryChannel } from "#server/services/broadcast/try-channel.ts";
import { updateChannel } from "#server/services/broadcast/update-channel.ts";
import { permitted, router } from "./procedures.ts";
import { id, limit, slug, text } from "./schemas.ts";

const one = z.object({ channelId: id });
const channel = z.object({
  name: text,
  isPublic: z.boolean(),
  url: text.optional(),
  token: text.optional(),
  slackChannel: text.optional(),
  recipients: z.array(text).max(200).optional(),
  rules: z
    .array(
      z.object({
        serviceSlug: slug.nullable(),
        environmentSlug: slug.nullable(),
        events: z.array(z.enum(broadcastEvents)).max(50),
      }),
    )
    .max(200),
});

export const channelsRouter = router({
  list: permitted("read").query(({ ctx }) => listChannels(ctx.verb)),
  one: permitted("read")
    .input(one)
    .query(({ ctx, input }) => readChannel(ctx.verb, input.channelId)),
  deliveries: permitted("read")
    .input(
      one.extend({ state: z.enum(deliveryStates).nullish(), cursor: id.nullish(), limit: limit(100, 30) }),
    )
    .query(({ ctx, input: { cursor, state, ...rest } }) =>
      listDeliveriesInWords(ctx.verb, { ...rest, state: state ?? null, before: cursor ?? null }),
    ),
  preview: permitted("read")
    .input(z.object({ kind: z.enum(channelKinds), isPublic: z.boolean() }))
    .query(({ ctx, input }) => previewMessage(ctx.verb, { ...input, portalUrl: ctx.portalUrl })),
  create: permitted("manageChannels")
    .input(channel.extend({ kind: z.enum(channelKinds) }))
    .mutation(({ ctx, input: { kind, ...input } }) =>
      createChannel(ctx.verb, ctx.installation.sealingKeys, kind, input),
    ),
  update: permitted("manageChannels")
    .input(channel.extend(one.shape))
    .mutation(({ ctx, input: { channelId, ...input } }) =>
      updateChannel(ctx.verb, ctx.installation.sealingKeys, channelId, input),
    ),
  pause: permitted("manageChannels")
    .input(one.extend({ isPaused: z.boolean() }))
    .mutation(({ ctx, input }) => pauseChannel(ctx.verb, input.channelId, input.isPaused)),
  remove: permitted("manageChannels")
    .input(one)
    .mutation(({ ctx, input }) => removeChannel(ctx.verb, input.channelId)),
  rotateSecret: permitted("manageChannels")
    .input(one)
    .mutation(async ({ ctx, input }) => {
      const keys = ctx.installation.sealingKeys;
      const { signingSecret, formerUntil } = await rotateSigningSecret(ctx.verb, keys, input.channelId);
      return { signingSecret, formerUntil: formerUntil.toISOString() };
    }),
  sendAgain: permitted("manageChannels")
    .input(one.extend({ deliveryId: id.nullable() }))
    .mutation(({ ctx, input }) => sendAgain(ctx.verb, input)),
  try: permitted("manageChannels")
    .input(one)
    .mutation(async ({ ctx, input }) => {
      const outside = ctx.openOutside();
      try {
        return await tryChannel(ctx.verb, outside, input.channelId);
      } finally {
        outside.close();
      }
    }),
});
