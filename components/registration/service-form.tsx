"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { type FieldErrors, FormProvider, type UseFormReturn, useForm } from "react-hook-form";
import { paths } from "#components/paths.ts";
import { type RequestProblem, requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { Section } from "#components/ui/section.tsx";
import type { RepositoryInspection } from "#server/api/types.ts";
import { slugSchema } from "#server/domain/slug.ts";
import {
  emptySettings,
  settingsErrors,
  settingsField,
  type TypedSettingsValues,
  toTypedSettings,
} from "./typed-settings.ts";
import { TypedSettingsFields } from "./typed-settings-fields.tsx";

type Values = { name: string; slug: string; team: string; settings: TypedSettingsValues };

export type ServiceFormProps = {
  inspection: RepositoryInspection;
  /** What the repository was read with; none where it is public. */
  credentialId: string | undefined;
  isTyped: boolean;
  /** Why it cannot be registered yet. */
  refusal: string | null;
};

/** The settings where they are typed, then what the service is called. */
export function ServiceForm({ inspection, credentialId, isTyped, refusal }: ServiceFormProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const services = useQuery(trpc.services.list.queryOptions());
  const taken = services.data?.map((service) => service.slug) ?? [];
  const register = useMutation(trpc.services.register.mutationOptions());
  const form = useForm<Values>({
    mode: "onChange",
    defaultValues: {
      name: inspection.suggestedName,
      slug: inspection.suggestedSlug,
      team: "",
      settings: emptySettings,
    },
    resolver: (values) => {
      const errors = errorsOf(values, taken, isTyped);
      return Object.keys(errors).length === 0 ? { values, errors: {} } : { values: {}, errors };
    },
  });
  const [name, slug] = form.watch(["name", "slug"]);
  const { trigger } = form;
  useEffect(() => {
    // A suggestion that is taken is said at once, not after the click.
    if (inspection.isSlugTaken) void trigger("slug");
  }, [inspection.isSlugTaken, trigger]);

  async function send(values: Values) {
    try {
      const service = await register.mutateAsync({
        slug: values.slug,
        name: values.name.trim(),
        team: values.team.trim() === "" ? null : values.team.trim(),
        repositoryUrl: inspection.repositoryUrl,
        defaultBranch: inspection.branch,
        settingsPath: inspection.settingsPath,
        credentialId,
        typedSettings: isTyped ? toTypedSettings(values.settings) : null,
      });
      await queryClient.invalidateQueries({ queryKey: trpc.services.pathKey() });
      router.push(paths.service(service.slug));
    } catch (error) {
      showProblem(form, requestProblem(error));
    }
  }

  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label="Service"
      footer={
        <Button
          type="submit"
          variant="primary"
          size="large"
          refusal={refusal}
          loading={form.formState.isSubmitting || register.isSuccess}
        >
          Register {slug === "" ? name : slug}
        </Button>
      }
    >
      {isTyped && (
        <FormProvider {...form}>
          <TypedSettingsFields />
        </FormProvider>
      )}
      <Section title="Service" className="gap-5">
        <div className="grid gap-5 pt-1 sm:grid-cols-2">
          <TextField form={form} name="name" label="Name" />
          <TextField
            form={form}
            name="slug"
            label="Slug"
            mono
            autoCapitalize="none"
            hint={`It becomes part of its address: ${slug === "" ? "…" : slug}.staging.localhost`}
          />
          <TextField form={form} name="team" label="Team" optional placeholder="Who to talk to" />
        </div>
      </Section>
    </Form>
  );
}

function errorsOf(values: Values, taken: readonly string[], isTyped: boolean): FieldErrors<Values> {
  const errors: FieldErrors<Values> = {};
  if (values.name.trim() === "") errors.name = { type: "rule", message: "A name is needed." };
  const slug = slugSchema.safeParse(values.slug);
  const slugProblem = slug.success
    ? taken.includes(values.slug) && `There is a service ${values.slug} already. Choose another slug.`
    : slug.error.issues[0]?.message;
  if (typeof slugProblem === "string") errors.slug = { type: "rule", message: slugProblem };
  const problems = isTyped ? Object.entries(settingsErrors(values.settings)) : [];
  if (problems.length > 0) {
    errors.settings = Object.fromEntries(
      problems.map(([field, message]) => [field, { type: "rule", message }]),
    );
  }
  return errors;
}

/** Beside its field where the form has it; `typedSettings.release.start` is the field Start. */
function showProblem(form: UseFormReturn<Values>, problem: RequestProblem): void {
  const key = problem.field?.startsWith("typedSettings.")
    ? problem.field.slice("typedSettings.".length)
    : null;
  const field = key === null ? null : settingsField(key);
  if (field === null) showFormError(form, problem);
  else
    form.setError(`settings.${field}`, { type: "server", message: problem.message }, { shouldFocus: true });
}
