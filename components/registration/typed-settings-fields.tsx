"use client";
import type { ReactNode } from "react";
import { useFormContext } from "react-hook-form";
import { CheckboxList } from "#components/ui/checkbox-list.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { TextareaField, TextField } from "#components/ui/form-fields.tsx";
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
      <Group>
        <TextField
          form={form}
          name="settings.build"
          label="Build"
          mono
          optional
          placeholder="npm ci && npm run build"
        />
        <TextField form={form} name="settings.test" label="Test" mono optional placeholder="npm test" />
      </Group>
      <TextField
        form={form}
        name="settings.start"
        label="Start"
        mono
        placeholder="node server.js"
        hint={
          <>
            It has to listen on the port in <Code>PORT</Code>.
          </>
        }
      />
      <Group>
        <TextField form={form} name="settings.instances" label="Instances" inputMode="numeric" />
        <TextField form={form} name="settings.healthPath" label="Health path" mono />
        <TextField
          form={form}
          name="settings.healthTimeout"
          label="Healthy within"
          mono
          hint="Such as 30s or 5m."
        />
      </Group>
      <Group>
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
      </Group>
      <CheckboxList
        label="Check out as well"
        options={checkoutExtras}
        chosen={form.watch("settings.checkout")}
        onChange={(chosen) => form.setValue("settings.checkout", chosen, { shouldDirty: true })}
      />
    </>
  );
}

function Group({ children }: { children: ReactNode }) {
  return <div className="grid gap-5 sm:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))]">{children}</div>;
}
