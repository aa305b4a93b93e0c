"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Globe } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { IncidentPage } from "#server/api/types.ts";

/** What everybody may read of it: nothing, until a person writes and publishes it. */
export function PublicUpdate({ page: { incident, events } }: { page: IncidentPage }) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const [text, setText] = useState("");
  const act = useAct(trpc.incidents.pathKey());
  const publish = useMutation(trpc.incidents.publishUpdate.mutationOptions());
  const last = events.findLast(({ kind }) => kind === "update");
  if (session.data?.may.deploy !== true && last === undefined) return null;
  async function send(event: FormEvent) {
    event.preventDefault();
    const incidentId = incident.id;
    if (await act(() => publish.mutateAsync({ incidentId, text }), "It is published.")) setText("");
  }
  return (
    <Section
      title="For everybody"
      description={
        last === undefined
          ? "Nothing of it is public. What you publish here stands on the public feed, where the service is shown there."
          : "The newest update stands on the public feed, where the service is shown there."
      }
      className="gap-4"
    >
      {last !== undefined && (
        <blockquote className="border-line-strong border-l-2 pl-3">
          <p className="whitespace-pre-line">{last.text}</p>
          <p className="text-faint text-sm">
            <Time at={last.happenedAt} />
          </p>
        </blockquote>
      )}
      {session.data?.may.deploy === true && (
        <form onSubmit={(event) => void send(event)} className="flex flex-col items-start gap-2">
          <Field
            label="Update in plain language"
            hint="What people notice, and what they can do meanwhile. The first sentence is the title."
            className="w-full"
          >
            <Textarea rows={3} value={text} onChange={(event) => setText(event.target.value)} />
          </Field>
          <Button type="submit" icon={<Globe />} loading={publish.isPending} disabled={text.trim() === ""}>
            Publish this update
          </Button>
        </form>
      )}
    </Section>
  );
}
