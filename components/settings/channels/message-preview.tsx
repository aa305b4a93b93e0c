"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ChannelKind } from "#server/domain/broadcast.ts";

/** What such a channel would have read of the newest release. */
export function MessagePreview({ kind, isPublic }: { kind: ChannelKind; isPublic: boolean }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.channels.preview.queryOptions({ kind, isPublic }));
  if (data === undefined) return null;
  const { message, body } = data;
  return (
    <section aria-label="Preview" className="flex flex-col gap-2">
      <h3 className="font-medium">What it would have read</h3>
      <div className="flex flex-col gap-1.5 rounded-md border-2 border-line px-3 py-2.5">
        <p className="font-medium wrap-anywhere">{message.title}</p>
        {message.text !== "" && (
          <p className="whitespace-pre-line text-muted wrap-anywhere">{message.text}</p>
        )}
        <p className="flex flex-wrap gap-x-4 text-muted text-sm">
          {message.facts.map(({ name, value }) => (
            <span key={name}>
              {name}: {value}
            </span>
          ))}
          <Time at={message.happenedAt} />
        </p>
      </div>
      <details>
        <summary className="cursor-pointer py-1 text-muted text-sm">As it is sent</summary>
        <CodeBlock code={body} label="the message as it is sent" />
      </details>
    </section>
  );
}
