"use client";
import { useFormContext } from "react-hook-form";
import { CheckboxList } from "#components/ui/checkbox-list.tsx";
import { TextareaField, TextField } from "#components/ui/form-fields.tsx";
import { FieldGroup } from "./field-group.tsx";
import { ReleaseFields } from "./release-fields.tsx";
import type { CheckoutExtra, TypedSettingsValues } from "./typed-settings.ts";

const checkoutExtras: { value: CheckoutExtra; label: string }[] = [
  { value: "submodules", label: "Submodules" },
  { value: "lfs", label: "Files in Git LFS" },
];

/**
 * The keys of anytime.yaml as fields, for a service whose repository has no such file. Stands in a `FormProvider` of a
 * form whose values have `settings`.
 */
export function TypedSettingsFields() {
  const form = useFormContext<{ settings: TypedSettingsValues }>();
  return (
    <>
      <FieldGroup>
        <TextField
          form={form}
          name="settings.build"
          label="Build"
          mono
          optional
          placeholder="npm ci && npm run build"
        />
        <TextField form={form} name="settings.test" label="Test" mono optional placeholder="npm test" />
      </FieldGroup>
      <ReleaseFields />
      <FieldGroup>
        <TextareaField
          form={form}
          name="settings.include"
          label="Package these paths"
          mono
          optional
          placeholder={"dist\npackage.json"}
          hint="One a line. Empty: the whole folder."
        />
        <TextareaField
          form={form}
          name="settings.cache"
          label="Keep between builds"
          mono
          optional
          placeholder={"node_modules\n.next/cache"}
          hint="Folders, one a line. Unchanged lockfiles: they are there again before the next build."
        />
        <TextareaField
          form={form}
          name="settings.env"
          label="Environment variables"
          mono
          optional
          placeholder="LOG_LEVEL=info"
          hint="One NAME=value a line. No secrets: everyone here can read them."
        />
      </FieldGroup>
      <CheckboxList
        label="Check out as well"
        options={checkoutExtras}
        chosen={form.watch("settings.checkout")}
        onChange={(chosen) => form.setValue("settings.checkout", chosen, { shouldDirty: true })}
      />
    </>
  );
}
