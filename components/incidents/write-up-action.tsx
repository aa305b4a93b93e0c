"use client";
import { Trash2 } from "lucide-react";
import type { UseFormReturn } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { WriteUpValues } from "./write-up-form.tsx";
import { nobody } from "./write-up-owner.ts";

export type WriteUpActionProps = {
  form: UseFormReturn<WriteUpValues>;
  place: number;
  members: readonly { id: number; name: string }[];
  onRemove: () => void;
};

/** What is to be done, by whom and until when. */
export function WriteUpAction({ form, place, members, onRemove }: WriteUpActionProps) {
  const owner = form.watch(`actions.${place}.owner`);
  const isDone = form.watch(`actions.${place}.isDone`);
  return (
    <fieldset className="flex flex-wrap items-end gap-3 border-l-2 pl-3">
      <legend className="sr-only">Action {place + 1}</legend>
      <div className="min-w-0 grow basis-64">
        <TextField form={form} name={`actions.${place}.text`} label="Action" />
      </div>
      <Field label="Owner" className="basis-44">
        <Select
          value={owner}
          onValueChange={(value) => form.setValue(`actions.${place}.owner`, value)}
          options={[
            { value: nobody, label: "Nobody yet" },
            ...members.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
        />
      </Field>
      <div className="basis-40">
        <TextField form={form} name={`actions.${place}.dueOn`} label="Until" type="date" />
      </div>
      <Switch
        label="Done"
        checked={isDone}
        onCheckedChange={(value) => form.setValue(`actions.${place}.isDone`, value)}
      />
      <IconButton label={`Remove action ${place + 1}`} icon={<Trash2 />} onClick={onRemove} />
    </fieldset>
  );
}
