import { randomUUID } from "node:crypto";
import type { ChannelKind } from "#server/domain/broadcast.ts";
import { type Message, messageOf, testMessage } from "#server/domain/message.ts";
import type { Context } from "#server/kernel/context.ts";
import { bodyFor } from "#server/services/broadcast/body-for.ts";
import { readFeedPage } from "#server/services/feed/read-page.ts";
import { renderNote } from "#server/services/feed/render-note.ts";

export interface Preview {
  message: Pick<Message, "title" | "text" | "facts" | "url" | "happenedAt" | "tone">;
  /** As it is sent: JSON, or the words of a mail. */
  body: string;
}

const lookedAt = 30;

/** What such a channel would have been told of the newest release that went live; a test where there was none. */
export async function previewMessage(
  ctx: Context,
  { kind, isPublic, portalUrl }: { kind: ChannelKind; isPublic: boolean; portalUrl: string },
): Promise<Preview> {
  const message =
    (await newestMessage(ctx, isPublic, portalUrl)) ??
    testMessage(randomUUID(), ctx.now(), "this channel", portalUrl);
  const { title, text, facts, url, happenedAt, tone } = message;
  return { message: { title, text, facts, url, happenedAt, tone }, body: bodyFor(kind, message, portalUrl) };
}

async function newestMessage(ctx: Context, isPublic: boolean, portalUrl: string): Promise<Message | null> {
  const { rows } = await readFeedPage(ctx, isPublic ? "public" : "internal", {
    kind: "release",
    limit: lookedAt,
  });
  const row = rows.find(({ state }) => state === "live");
  if (row === undefined) return null;
  const telling = {
    eventId: randomUUID(),
    word: "live",
    happenedAt: row.happenedAt,
    row,
    isFirst: false,
  } as const;
  return messageOf(telling, { isPublic, portalUrl, render: renderNote });
}
