"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { useAct } from "#components/use-act.ts";
import type { ChannelView } from "#server/domain/broadcast.ts";

export function RemoveChannel({ channel, onClose }: { channel: ChannelView; onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const act = useAct(trpc.channels.list.queryKey());
  const remove = useMutation(trpc.channels.remove.mutationOptions());
  async function send() {
    const isDone = await act(
      () => remove.mutateAsync({ channelId: channel.id }),
      `${channel.name} is removed.`,
    );
    onClose();
    if (isDone) router.replace(paths.channels());
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove ${channel.name}?`}
      description="What waits for it is not sent, and what it was told can no longer be looked up. This cannot be undone; to silence it for a while, pause it."
      confirmLabel="Remove the channel"
      keepLabel="Keep the channel"
      loading={remove.isPending}
      onConfirm={() => void send()}
    />
  );
}
