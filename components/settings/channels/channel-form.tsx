"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { CheckboxList } from "#components/ui/checkbox-list.tsx";
import { Field } from "#components/ui/field.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { TextareaField, TextField } from "#components/ui/form-fields.tsx";
import { Select } from "#components/ui/select.tsx";
import {
  type ChannelKind,
  type ChannelRule,
  type ChannelView,
  channelKindNames,
  channelKinds,
  usualEvents,
} from "#server/domain/broadcast.ts";
import { ShownOnce } from "../shown-once.tsx";
import { channelHints } from "./channel-words.ts";
import { MessagePreview } from "./message-preview.tsx";
import { RulesField } from "./rules-field.tsx";

export type ChannelValues = {
  kind: ChannelKind;
  name: string;
  isPublic: boolean;
  url: string;
  token: string;
  slackChannel: string;
  recipients: string;
  rules: ChannelRule[];
};

const publicOptions = [
  {
    value: "public",
    label: "People outside the team read it, too",
    hint: "Then it is told what the public feed shows, and nothing else.",
  },
] as const;

export type ChannelFormProps = {
  /** Null for a new one. */
  channel: ChannelView | null;
  /** The service that a new one is for; null for all. */
  serviceSlug?: string | null;
  onClose: () => void;
};

/** Makes a channel, or changes one: what opens it is never shown again, and stays where nothing new is typed. */
export function ChannelForm({ channel, serviceSlug = null, onClose }: ChannelFormProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(trpc.channels.create.mutationOptions());
  const update = useMutation(trpc.channels.update.mutationOptions());
  const [signingSecret, setSigningSecret] = useState<string | null>(null);
  const form = useForm<ChannelValues>({ defaultValues: valuesOf(channel, serviceSlug) });
  const { kind, isPublic } = form.watch();
  async function send(values: ChannelValues) {
    const { kind, recipients, ...rest } = values;
    const input = { ...rest, recipients: recipients.split(/[\s,;]+/).filter((address) => address !== "") };
    try {
      if (channel !== null) await update.mutateAsync({ channelId: channel.id, ...input });
      const made = channel === null ? await create.mutateAsync({ kind, ...input }) : null;
      toast.success(made === null ? "Saved." : `${values.name.trim()} is told from now on.`);
      await queryClient.invalidateQueries({ queryKey: trpc.channels.pathKey() });
      if (made === null || made.signingSecret === null) onClose();
      else setSigningSecret(made.signingSecret);
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  if (signingSecret !== null) return <SigningSecret secret={signingSecret} onDone={onClose} />;
  return (
    <FormDialog
      form={form}
      onSubmit={send}
      onClose={onClose}
      size="medium"
      title={channel === null ? "Add a channel" : `Change ${channel.name}`}
      submitLabel={channel === null ? "Add the channel" : "Save the channel"}
    >
      {channel === null && (
        <Field label="Kind" hint={channelHints[kind].about}>
          <Select
            options={channelKinds.map((value) => ({ value, label: channelKindNames[value] }))}
            value={kind}
            onValueChange={(value) => form.setValue("kind", value)}
          />
        </Field>
      )}
      <TextField form={form} name="name" label="Name" placeholder="#deploys" />
      <Destination form={form} isKept={channel !== null} />
      <CheckboxList
        label="Who reads it"
        options={publicOptions}
        chosen={isPublic ? ["public"] : []}
        onChange={(chosen) => form.setValue("isPublic", chosen.length > 0)}
      />
      <RulesField form={form} />
      <MessagePreview kind={kind} isPublic={isPublic} />
    </FormDialog>
  );
}

function valuesOf(channel: ChannelView | null, serviceSlug: string | null): ChannelValues {
  const usualRule = { serviceSlug, environmentSlug: null, events: [...usualEvents] };
  return {
    kind: channel?.kind ?? "slack",
    name: channel?.name ?? "",
    isPublic: channel?.isPublic ?? false,
    url: "",
    token: "",
    slackChannel: channel?.kind === "slack-bot" ? channel.destination : "",
    recipients: channel?.recipients.join("\n") ?? "",
    rules: channel?.rules ?? [usualRule],
  };
}

/** What a channel of the kind needs to be written to. */
function Destination({ form, isKept }: { form: UseFormReturn<ChannelValues>; isKept: boolean }) {
  const kind = form.watch("kind");
  const kept = isKept ? "Leave it empty to keep the one that is stored." : undefined;
  if (kind === "email") {
    return <TextareaField form={form} name="recipients" label="Addresses" hint="One a line." rows={3} />;
  }
  if (kind === "slack-bot") {
    return (
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          form={form}
          name="token"
          label="Bot token"
          type="password"
          hint={kept}
          placeholder="xoxb-…"
        />
        <TextField form={form} name="slackChannel" label="Channel id" placeholder="C0123456789" />
      </div>
    );
  }
  return (
    <TextField
      form={form}
      name="url"
      label="Address"
      type="url"
      hint={kept ?? "It is kept like a password: whoever has it can write to the channel."}
      placeholder={channelHints[kind].url}
    />
  );
}

export function SigningSecret({
  secret,
  until,
  onDone,
}: {
  secret: string;
  until?: string;
  onDone: () => void;
}) {
  return (
    <ShownOnce
      title="The signing secret"
      what="secret"
      advice={
        until === undefined
          ? "By it the receiver can tell that a message is from here: any library of Standard Webhooks takes it."
          : "Give it to the receiver: until tomorrow messages are signed with the one before, too."
      }
      codes={[{ label: "the signing secret", code: secret }]}
      onDone={onDone}
    />
  );
}
