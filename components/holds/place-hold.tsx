"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Hand } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { fieldRule } from "#components/field-rule.ts";
import { readsOnly } from "#components/identity/role-words.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { ServicePage } from "#server/api/types.ts";
import { holdReasonSchema } from "#server/domain/holds.ts";

/** `service` is on a service's own page: then it can be held alone. */
export type PlaceHoldProps = { service?: Pick<ServicePage, "slug" | "name" | "environments"> };

/** Holds deployments for a while: machines wait, people are told why. */
export function PlaceHold({ service }: PlaceHoldProps) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        icon={<Hand />}
        refusal={session.data?.may.manageServices === false ? readsOnly : null}
        onClick={() => setOpen(true)}
      >
        Hold deployments
      </Button>
      {isOpen && <HoldDialog service={service} onClose={() => setOpen(false)} />}
    </>
  );
}

const lengths = [
  { value: "1", label: "1 hour" },
  { value: "4", label: "4 hours" },
  { value: "12", label: "12 hours" },
  { value: "24", label: "1 day" },
  { value: "72", label: "3 days" },
  { value: "168", label: "7 days" },
  { value: "336", label: "14 days" },
] as const;
type Values = { where: string; hours: (typeof lengths)[number]["value"]; reason: string };
const everywhere = "everywhere";
const hourMs = 3_600_000;

function HoldDialog({ service, onClose }: PlaceHoldProps & { onClose: () => void }) {
  const trpc = useTRPC();
  const environments = useQuery(trpc.services.environments.queryOptions());
  const place = useMutation(trpc.holds.place.mutationOptions());
  const queryClient = useQueryClient();
  const form = useForm<Values>({ defaultValues: { where: everywhere, hours: "4", reason: "" } });
  const places = placesOf(environments.data ?? [], service);
  const { where, hours } = form.watch();
  async function send(values: Values) {
    const chosen = places.find(({ value }) => value === values.where);
    try {
      await place.mutateAsync({
        environmentSlug: chosen?.environmentSlug ?? null,
        serviceSlug: chosen?.serviceSlug ?? null,
        reason: values.reason,
        endsAt: new Date(Date.now() + Number(values.hours) * hourMs).toISOString(),
      });
    } catch (error) {
      return showFormError(form, requestProblem(error));
    }
    toast.success("Deployments are held.");
    onClose();
    await queryClient.invalidateQueries({ queryKey: trpc.holds.pathKey() });
  }
  return (
    <FormDialog
      form={form}
      onSubmit={send}
      onClose={onClose}
      title="Hold deployments"
      description="Machines deploy nothing meanwhile. People still can, once they have read why; a switch-back always goes."
      submitLabel="Hold deployments"
    >
      <Field label="Where">
        <Select options={places} value={where} onValueChange={(value) => form.setValue("where", value)} />
      </Field>
      <Field label="For" hint="It ends by itself, and anybody can end it before.">
        <Select options={lengths} value={hours} onValueChange={(value) => form.setValue("hours", value)} />
      </Field>
      <Field
        label="Why"
        hint="Everybody who is about to deploy reads it."
        error={form.formState.errors.reason?.message}
      >
        <Textarea rows={2} {...form.register("reason", { validate: fieldRule(holdReasonSchema) })} />
      </Field>
    </FormDialog>
  );
}

interface Place {
  value: string;
  label: string;
  environmentSlug: string | null;
  serviceSlug: string | null;
}

function placesOf(
  environments: readonly { slug: string; name: string }[],
  service: PlaceHoldProps["service"],
): Place[] {
  const everything = { value: everywhere, label: "Everything", environmentSlug: null, serviceSlug: null };
  const whole = environments.map(({ slug, name }) => ({
    value: slug,
    label: `${name}, every service`,
    environmentSlug: slug,
    serviceSlug: null,
  }));
  if (service === undefined) return [everything, ...whole];
  const own = service.environments.map(({ environment: { slug, name } }) => ({
    value: `${service.slug}/${slug}`,
    label: `${service.name} in ${name}`,
    environmentSlug: slug,
    serviceSlug: service.slug,
  }));
  return [everything, ...whole, ...own];
}
