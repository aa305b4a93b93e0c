"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useForm } from "react-hook-form";
import { fieldRule } from "#components/field-rule.ts";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Field } from "#components/ui/field.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { Select } from "#components/ui/select.tsx";
import { reportTextSchema } from "#server/domain/incident-text.ts";

type Values = { serviceSlug: string; environmentSlug: string; text: string };

/** Says that users are affected; of which service, where the page does not know. */
export function ReportDialog({
  place,
  onClose,
}: {
  place?: { serviceSlug: string; environmentSlug: string };
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const { data: overview } = useQuery(trpc.overview.matrix.queryOptions());
  const report = useMutation(trpc.incidents.report.mutationOptions());
  const form = useForm<Values>({
    defaultValues: { serviceSlug: "", environmentSlug: "", text: "", ...place },
  });
  const { serviceSlug, environmentSlug } = form.watch();
  const places = placesOf(overview);
  async function send(values: Values) {
    try {
      const { id } = await report.mutateAsync(values);
      onClose();
      router.push(paths.incident(id));
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  return (
    <FormDialog
      form={form}
      onSubmit={send}
      onClose={onClose}
      title="Users are affected"
      description="Everybody on the team reads it at once. It names nobody, and it is no deployment’s fault until something shows that."
      submitLabel="Open an incident"
      refusal={serviceSlug === "" ? "Choose what it is about." : null}
    >
      {place === undefined && (
        <Field label="Of which service">
          <Select
            value={serviceSlug === "" ? "" : `${serviceSlug} ${environmentSlug}`}
            onValueChange={(value) => {
              const [service = "", environment = ""] = value.split(" ");
              form.setValue("serviceSlug", service);
              form.setValue("environmentSlug", environment);
            }}
            options={places}
          />
        </Field>
      )}
      <TextField
        form={form}
        name="text"
        label="What they feel"
        hint="Such as “Nobody can pay”."
        optional
        rules={{ validate: fieldRule(reportTextSchema) }}
      />
    </FormDialog>
  );
}

type Matrix = {
  services: { slug: string; name: string; cells: { environmentSlug: string; live: unknown }[] }[];
};

/** Where anything is live, production last in the order of the environments and first here. */
function placesOf(overview: Matrix | undefined): { value: string; label: string }[] {
  return (overview?.services ?? []).flatMap((service) =>
    service.cells
      .filter(({ live }) => live !== null)
      .toReversed()
      .map(({ environmentSlug }) => ({
        value: `${service.slug} ${environmentSlug}`,
        label: `${service.name} in ${environmentSlug}`,
      })),
  );
}
