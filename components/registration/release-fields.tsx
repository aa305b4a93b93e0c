"use client";
import { useFormContext } from "react-hook-form";
import { Code } from "#components/ui/code-block.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { Select } from "#components/ui/select.tsx";
import { FieldGroup } from "./field-group.tsx";
import type { TypedSettingsValues } from "./typed-settings.ts";

const ways = [
  { value: "process", label: "The portal starts it", hint: "In pools, behind its routers" },
  { value: "script", label: "A command deploys it", hint: "Anywhere; fewer promises hold" },
] as const;

/** How a release goes live, with the keys that this way knows. */
export function ReleaseFields() {
  const form = useFormContext<{ settings: TypedSettingsValues }>();
  const target = form.watch("settings.target");
  return (
    <>
      <Field label="Release">
        <Select
          options={ways}
          value={target}
          onValueChange={(value) => form.setValue("settings.target", value, { shouldDirty: true })}
        />
      </Field>
      {target === "script" ? <CommandFields /> : <ProcessFields />}
    </>
  );
}

function ProcessFields() {
  const form = useFormContext<{ settings: TypedSettingsValues }>();
  return (
    <>
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
      <FieldGroup>
        <TextField form={form} name="settings.instances" label="Instances" inputMode="numeric" />
        <TextField form={form} name="settings.healthPath" label="Health path" mono />
        <HealthTimeout />
      </FieldGroup>
    </>
  );
}

function CommandFields() {
  const form = useFormContext<{ settings: TypedSettingsValues }>();
  return (
    <>
      <FieldGroup>
        <TextField
          form={form}
          name="settings.deploy"
          label="Deploy command"
          mono
          placeholder="./release.sh"
          hint="It runs in the unpacked artifact."
        />
        <TextField
          form={form}
          name="settings.switchBack"
          label="Switch-back command"
          mono
          optional
          hint="Empty: the deploy command of the release gone back to."
        />
      </FieldGroup>
      <FieldGroup>
        <TextField
          form={form}
          name="settings.healthCommand"
          label="Health command"
          mono
          optional
          placeholder="./health.sh"
          hint="Exit code 0 means healthy."
        />
        <HealthTimeout />
      </FieldGroup>
    </>
  );
}

function HealthTimeout() {
  const form = useFormContext<{ settings: TypedSettingsValues }>();
  return (
    <TextField
      form={form}
      name="settings.healthTimeout"
      label="Healthy within"
      mono
      hint="Such as 30s or 5m."
    />
  );
}
