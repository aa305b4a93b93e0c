"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { PersonName } from "#components/ui/person-name.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { IncidentPage } from "#server/api/types.ts";
import { timelineOf } from "#server/domain/incident-timeline.ts";

/** It writes itself; people add what they find. */
export function IncidentTimeline({ page }: { page: IncidentPage }) {
  const { incident, events, deployments } = page;
  return (
    <Section title="Timeline" className="gap-4">
      <ol className="flex flex-col divide-y">
        {timelineOf(events, deployments).map(({ at, words, text, byName, deploymentId }) => (
          <li key={`${at} ${words} ${text}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2">
            <Time at={at} layout="absolute" className="w-32 text-faint text-sm" />
            <span className="min-w-0 grow basis-72 wrap-anywhere">
              {deploymentId === null ? (
                <span className="font-medium">{words}</span>
              ) : (
                <Link
                  href={paths.deployment(incident.serviceSlug, deploymentId)}
                  className="link font-medium"
                >
                  {words}
                </Link>
              )}{" "}
              <span className="whitespace-pre-line text-muted">{text}</span>
            </span>
            {byName !== null && (
              <span className="text-faint text-sm">
                <PersonName name={byName} />
              </span>
            )}
          </li>
        ))}
      </ol>
      <NoteForm incidentId={incident.id} />
    </Section>
  );
}

function NoteForm({ incidentId }: { incidentId: number }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const act = useAct(trpc.incidents.pathKey());
  const write = useMutation(trpc.incidents.writeNote.mutationOptions());
  async function send(event: FormEvent) {
    event.preventDefault();
    const isDone = await act(() => write.mutateAsync({ incidentId, text }), "It stands in the timeline.");
    if (isDone) setText("");
  }
  return (
    <form onSubmit={(event) => void send(event)} className="flex flex-col items-start gap-2">
      <Field label="Note" hint="What you found, or tried. For the team alone." className="w-full">
        <Textarea rows={2} value={text} onChange={(event) => setText(event.target.value)} />
      </Field>
      <Button type="submit" loading={write.isPending} disabled={text.trim() === ""}>
        Write it into the timeline
      </Button>
    </form>
  );
}
