"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { fieldRule } from "#components/field-rule.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import { soakMinutesSchema } from "#server/domain/automation.ts";

export type AutomationFormProps = {
  slug: string;
  view: ServiceEnvironmentView;
  /** The name of the environment before; null for the first. */
  nameBefore: string | null;
  defaultBranch: string;
  /** Why nothing can be changed. */
  refusal: string | null;
};

type Way = "off" | "branch" | "promotion";
const soakRule = fieldRule(soakMinutesSchema);
type Values = { way: Way; branch: string; promotesAfterMinutes: string };

/** What is deployed to one environment by itself. */
export function AutomationForm({ slug, view, nameBefore, defaultBranch, refusal }: AutomationFormProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const set = useMutation(trpc.services.setAutomation.mutationOptions());
  const { environment, automation } = view;
  const form = useForm<Values>({
    values: {
      way: wayOf(automation),
      branch: automation.branch ?? defaultBranch,
      promotesAfterMinutes: String(automation.promotesAfterMinutes ?? 30),
    },
  });
  const { way, branch, promotesAfterMinutes: minutes } = form.watch();
  async function send(values: Values) {
    try {
      await set.mutateAsync({
        ...{ slug, environmentSlug: environment.slug },
        branch: values.way === "branch" ? values.branch.trim() : null,
        promotesAfterMinutes: values.way === "promotion" ? Number(values.promotesAfterMinutes) : null,
      });
    } catch (error) {
      return showFormError(form, requestProblem(error));
    }
    toast.success("Saved.", { description: hintOf(values.way, environment.name) });
    await queryClient.invalidateQueries(trpc.services.get.queryFilter({ slug }));
  }
  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label={`What is deployed to ${environment.name} by itself`}
      footer={
        <Button
          type="submit"
          loading={set.isPending}
          refusal={
            refusal ?? (isChanged(automation, { way, branch, minutes }) ? null : "Nothing has changed.")
          }
        >
          <span className="truncate">{actLabel(environment.slug, { way, branch, minutes })}</span>
        </Button>
      }
    >
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label={`To ${environment.name}, by itself`} hint={hintOf(way, environment.name)}>
          <Select
            options={waysFor(nameBefore)}
            value={way}
            disabled={refusal !== null}
            onValueChange={(value) => form.setValue("way", value)}
          />
        </Field>
        {way === "branch" && (
          <TextField
            form={form}
            name="branch"
            label="Branch"
            mono
            hint="Of a monorepo, only commits that touch the service count."
          />
        )}
        {way === "promotion" && (
          <TextField
            form={form}
            name="promotesAfterMinutes"
            label={`Minutes that it must be good in ${nameBefore}`}
            inputMode="numeric"
            rules={{ validate: (text) => soakRule(Number(text)) }}
            hint="Good: its smoke passed, nothing restarted, every instance is healthy, and nobody marked it bad."
          />
        )}
      </div>
    </Form>
  );
}

function waysFor(nameBefore: string | null) {
  const first = [
    { value: "off", label: "Nothing" },
    { value: "branch", label: "Each new commit of a branch" },
  ] as const;
  if (nameBefore === null) return first;
  return [
    ...first,
    { value: "promotion", label: `What has been good in ${nameBefore} for a while` },
  ] as const;
}

function hintOf(way: Way, name: string): string {
  const hints: Record<Way, string> = {
    off: "People and tokens deploy, whenever they like.",
    branch: `The newest that is not live in ${name} goes at once, then each new one; each is tried once.`,
    promotion:
      "The same artifact, once; nothing goes that is older than what is live. A switch-back pauses it.",
  };
  return hints[way];
}

type Chosen = { way: Way; branch: string; minutes: string };

function actLabel(environmentSlug: string, { way, branch, minutes }: Chosen): string {
  if (way === "off") return `Deploy to ${environmentSlug} only when asked`;
  if (way === "branch") return `Deploy each commit of ${branch} to ${environmentSlug}`;
  return `Promote to ${environmentSlug} after ${minutes} good minutes`;
}

function wayOf({ branch, promotesAfterMinutes }: ServiceEnvironmentView["automation"]): Way {
  if (branch !== null) return "branch";
  return promotesAfterMinutes === null ? "off" : "promotion";
}

function isChanged(
  automation: ServiceEnvironmentView["automation"],
  { way, branch, minutes }: Chosen,
): boolean {
  if (way !== wayOf(automation)) return true;
  if (way === "branch") return branch.trim() !== automation.branch;
  return way === "promotion" && minutes.trim() !== String(automation.promotesAfterMinutes);
}
