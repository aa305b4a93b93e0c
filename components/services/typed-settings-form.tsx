"use client";
import { useMutation } from "@tanstack/react-query";
import { type FieldErrors, FormProvider, useForm } from "react-hook-form";
import { toast } from "sonner";
import {
  fromTypedSettings,
  settingsErrors,
  type TypedSettingsValues,
  toTypedSettings,
} from "#components/registration/typed-settings.ts";
import { TypedSettingsFields } from "#components/registration/typed-settings-fields.tsx";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";

type Values = { settings: TypedSettingsValues };

export type TypedSettingsFormProps = {
  slug: string;
  stored: SettingsFileInput;
  /** Why nothing can be changed. */
  refusal: string | null;
};

/** Settings that hold more than the fields can show are shown as they are: put them into anytime.yaml to change them. */
export function TypedSettingsForm({ slug, stored, refusal }: TypedSettingsFormProps) {
  const values = fromTypedSettings(stored);
  if (values === null) return <CodeBlock code={JSON.stringify(stored, null, 2)} label="Settings" />;
  return <EditableSettings slug={slug} values={values} refusal={refusal} />;
}

type EditableSettingsProps = { slug: string; values: TypedSettingsValues; refusal: string | null };

function EditableSettings({ slug, values, refusal }: EditableSettingsProps) {
  const trpc = useTRPC();
  const update = useMutation(trpc.services.update.mutationOptions());
  const form = useForm<Values>({
    values: { settings: values },
    resolver: (given) => {
      const errors = errorsOf(given.settings);
      return errors.settings === undefined ? { values: given, errors: {} } : { values: {}, errors };
    },
  });
  async function send(given: Values) {
    try {
      await update.mutateAsync({ slug, typedSettings: toTypedSettings(given.settings) });
      toast.success("Saved. The next deployment goes by it.");
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  const save = (
    <Button
      type="submit"
      loading={update.isPending}
      refusal={refusal ?? (form.formState.isDirty ? null : "Nothing has changed.")}
    >
      Save settings
    </Button>
  );
  return (
    <Form form={form} onSubmit={send} aria-label="Typed settings" footer={save}>
      <FormProvider {...form}>
        <TypedSettingsFields />
      </FormProvider>
    </Form>
  );
}

function errorsOf(settings: TypedSettingsValues): FieldErrors<Values> {
  const problems = Object.entries(settingsErrors(settings));
  if (problems.length === 0) return {};
  return {
    settings: Object.fromEntries(problems.map(([field, message]) => [field, { type: "rule", message }])),
  };
}
