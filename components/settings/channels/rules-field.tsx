"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { type FieldPath, type UseFormReturn, useFieldArray } from "react-hook-form";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { CheckboxList } from "#components/ui/checkbox-list.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Select } from "#components/ui/select.tsx";
import { broadcastEvents, broadcastEventWords, mostRules, usualEvents } from "#server/domain/broadcast.ts";
import type { ChannelValues } from "./channel-form.tsx";

const all = "*";
const eventOptions = broadcastEvents.map((value) => ({
  value,
  label: broadcastEventWords[value].name,
  hint: broadcastEventWords[value].hint,
}));

/** What the channel is told, of which services and where. */
export function RulesField({ form }: { form: UseFormReturn<ChannelValues> }) {
  const trpc = useTRPC();
  const services = useQuery(trpc.services.list.queryOptions()).data ?? [];
  const environments = useQuery(trpc.services.environments.queryOptions()).data ?? [];
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "rules" });
  const rules = form.watch("rules");
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-2 font-medium">What it is told</legend>
      {fields.map((field, place) => (
        <div key={field.id} className="flex flex-col gap-4 rounded-md border p-3">
          <div className="flex items-end gap-3">
            <div className="grid grow gap-3 sm:grid-cols-2">
              <Field label="Service" error={errorOf(form, `rules.${place}.serviceSlug`)}>
                <Select
                  options={[
                    { value: all, label: "Every service" },
                    ...services.map(({ slug, name }) => ({ value: slug, label: name })),
                  ]}
                  value={rules[place]?.serviceSlug ?? all}
                  onValueChange={(slug) =>
                    form.setValue(`rules.${place}.serviceSlug`, slug === all ? null : slug)
                  }
                />
              </Field>
              <Field label="Environment" error={errorOf(form, `rules.${place}.environmentSlug`)}>
                <Select
                  options={[
                    { value: all, label: "Every environment" },
                    ...environments.map(({ slug, name }) => ({ value: slug, label: name })),
                  ]}
                  value={rules[place]?.environmentSlug ?? all}
                  onValueChange={(slug) =>
                    form.setValue(`rules.${place}.environmentSlug`, slug === all ? null : slug)
                  }
                />
              </Field>
            </div>
            <IconButton label={`Remove rule ${place + 1}`} icon={<Trash2 />} onClick={() => remove(place)} />
          </div>
          <CheckboxList
            label="Events"
            options={eventOptions}
            chosen={rules[place]?.events ?? []}
            onChange={(events) => form.setValue(`rules.${place}.events`, events)}
            error={errorOf(form, `rules.${place}.events`)}
          />
        </div>
      ))}
      {fields.length === 0 && <p className="text-muted text-sm">Without a rule it is told nothing.</p>}
      <Button
        icon={<Plus />}
        className="self-start"
        refusal={fields.length >= mostRules ? `A channel has at most ${mostRules} rules.` : null}
        onClick={() => append({ serviceSlug: null, environmentSlug: null, events: [...usualEvents] })}
      >
        Add a rule
      </Button>
    </fieldset>
  );
}

function errorOf(form: UseFormReturn<ChannelValues>, name: FieldPath<ChannelValues>): string | null {
  return form.getFieldState(name, form.formState).error?.message ?? null;
}
