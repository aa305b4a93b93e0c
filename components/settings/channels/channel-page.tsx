"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { KeyRound, Pause, Pencil, Play, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { RowMenu } from "#components/table/row-menu.tsx";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import { type ChannelView, channelKindNames } from "#server/domain/broadcast.ts";
import { ChannelForm, SigningSecret } from "./channel-form.tsx";
import { channelLook, ruleInWords } from "./channel-words.ts";
import { DeliveryList } from "./delivery-list.tsx";
import { RemoveChannel } from "./remove-channel.tsx";

/** Does this channel get what it is told? */
export function ChannelPage({ initial }: { initial: ChannelView }) {
  const trpc = useTRPC();
  const { data: channel } = useQuery(
    trpc.channels.one.queryOptions(
      { channelId: initial.id },
      { initialData: initial, refetchInterval: 5_000 },
    ),
  );
  const session = useQuery(trpc.session.current.queryOptions());
  const manages = session.data?.may.manageChannels === true;
  return (
    <Section
      title={channel.name}
      description={channelKindNames[channel.kind]}
      className="gap-6"
      actions={manages && <Actions channel={channel} />}
    >
      <Trouble channel={channel} />
      <DefinitionList
        items={[
          { term: "State", value: <Status {...channelLook(channel)} /> },
          { term: "Goes to", value: <span className="wrap-anywhere">{channel.destination}</span> },
          {
            term: "Read by",
            value: channel.isPublic ? "People outside the team, too: it is told what is public" : "The team",
          },
          { term: "Told", value: <Rules channel={channel} /> },
          {
            term: "Added",
            value: (
              <>
                by {channel.madeByName}, <Time at={channel.madeAt} />
              </>
            ),
          },
        ]}
      />
      <DeliveryList channel={channel} manages={manages} />
    </Section>
  );
}

function Rules({ channel: { rules } }: { channel: ChannelView }) {
  if (rules.length === 0) return "Nothing: it has no rule.";
  return (
    <ul>
      {rules.map((rule) => (
        <li key={`${rule.serviceSlug} ${rule.environmentSlug} ${rule.events}`}>{ruleInWords(rule)}</li>
      ))}
    </ul>
  );
}

function Trouble({ channel: { trouble, isPaused } }: { channel: ChannelView }) {
  if (trouble === null || isPaused) return null;
  return (
    <Callout
      tone="failed"
      role="alert"
      title={trouble.nextAttemptAt === null ? "The last message was refused" : "It cannot be reached"}
    >
      <p className="wrap-anywhere">{trouble.reason}</p>
      Since <Time at={trouble.since} />.{" "}
      {trouble.nextAttemptAt !== null && (
        <>
          The next attempt is made <Time at={trouble.nextAttemptAt} layout="relative" />; what waits goes in
          order.
        </>
      )}
    </Callout>
  );
}

/** Trying it says at once what came of it. */
function Actions({ channel }: { channel: ChannelView }) {
  const trpc = useTRPC();
  const act = useAct(trpc.channels.pathKey());
  const attempt = useMutation(trpc.channels.try.mutationOptions());
  const pause = useMutation(trpc.channels.pause.mutationOptions());
  const rotate = useMutation(trpc.channels.rotateSecret.mutationOptions());
  const [open, setOpen] = useState<"change" | "remove" | null>(null);
  const [rotated, setRotated] = useState<{ signingSecret: string; formerUntil: string } | null>(null);
  const { id: channelId, name, isPaused, kind } = channel;
  async function send() {
    try {
      const { reason, durationMs } = await attempt.mutateAsync({ channelId });
      if (reason === null) toast.success(`It arrived, in ${durationMs} ms.`);
      else toast.error("It did not arrive", { description: reason });
    } catch (error) {
      toast.error(requestProblem(error).message);
    }
  }
  const close = () => setOpen(null);
  return (
    <>
      <Button icon={<Send />} loading={attempt.isPending} onClick={() => void send()}>
        Send a test
      </Button>
      <Button icon={<Pencil />} onClick={() => setOpen("change")}>
        Change
      </Button>
      <RowMenu of={name}>
        <MenuItem
          icon={isPaused ? <Play /> : <Pause />}
          onClick={() =>
            void act(
              () => pause.mutateAsync({ channelId, isPaused: !isPaused }),
              isPaused ? `${name} is told again.` : `${name} is told nothing for now.`,
            )
          }
        >
          {isPaused ? `Let ${name} go on` : `Pause ${name}`}
        </MenuItem>
        {kind === "webhook" && (
          <MenuItem
            icon={<KeyRound />}
            onClick={() =>
              void act(
                async () => setRotated(await rotate.mutateAsync({ channelId })),
                "It has a new secret.",
              )
            }
          >
            Give {name} a new signing secret
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem icon={<Trash2 />} danger onClick={() => setOpen("remove")}>
          Remove {name}
        </MenuItem>
      </RowMenu>
      {open === "change" && <ChannelForm channel={channel} onClose={close} />}
      {open === "remove" && <RemoveChannel channel={channel} onClose={close} />}
      {rotated !== null && (
        <SigningSecret
          secret={rotated.signingSecret}
          until={rotated.formerUntil}
          onDone={() => setRotated(null)}
        />
      )}
    </>
  );
}
