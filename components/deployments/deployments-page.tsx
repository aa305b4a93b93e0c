"use client";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useTRPC } from "#components/trpc.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { deploymentKinds, deploymentStatuses } from "#server/domain/deployment.ts";
import { type DeploymentFilter, DeploymentsTable } from "./deployments-table.tsx";

const parameters = {
  service: parseAsString,
  environment: parseAsString,
  status: parseAsStringLiteral(deploymentStatuses),
  kind: parseAsStringLiteral(deploymentKinds),
  text: parseAsString,
};
const unfiltered = "any";

/** Every deployment of every service, with its filter in the address. */
export function DeploymentsPage() {
  const trpc = useTRPC();
  const [filter, setFilter] = useQueryStates(parameters, { throttleMs: 150 });
  const services = useQuery(trpc.services.list.queryOptions()).data ?? [];
  const environments = useQuery(trpc.services.environments.queryOptions()).data ?? [];
  const choose = (name: keyof typeof parameters) => (value: string) =>
    void setFilter({ [name]: value === unfiltered ? null : value });
  return (
    <div className="flex flex-col gap-6">
      <PageHeader title="Deployments" description="Everyone sees every deployment." />
      <search className="grid grid-cols-2 gap-2 sm:grid-cols-4 xl:grid-cols-[16rem_repeat(4,minmax(0,11rem))]">
        <div className="col-span-2 sm:col-span-4 xl:col-span-1">
          <Input
            type="search"
            data-shortcut="search"
            aria-label="Search by commit message or SHA"
            placeholder="Commit message or SHA"
            icon={<Search />}
            value={filter.text ?? ""}
            onChange={(event) =>
              void setFilter({ text: event.target.value === "" ? null : event.target.value })
            }
          />
        </div>
        <Select
          aria-label="Service"
          options={[
            { value: unfiltered, label: "Every service" },
            ...services.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
          value={filter.service ?? unfiltered}
          onValueChange={choose("service")}
        />
        <Select
          aria-label="Environment"
          options={[
            { value: unfiltered, label: "Every environment" },
            ...environments.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
          value={filter.environment ?? unfiltered}
          onValueChange={choose("environment")}
        />
        <Select
          aria-label="Status"
          options={[
            { value: unfiltered, label: "Any status" },
            ...deploymentStatuses.map((value) => ({ value, label: value })),
          ]}
          value={filter.status ?? unfiltered}
          onValueChange={choose("status")}
        />
        <Select
          aria-label="Kind"
          options={[
            { value: unfiltered, label: "Any kind" },
            ...deploymentKinds.map((value) => ({ value, label: value })),
          ]}
          value={filter.kind ?? unfiltered}
          onValueChange={choose("kind")}
        />
      </search>
      <DeploymentsTable filter={toInput(filter)} />
    </div>
  );
}

type Chosen = {
  [Name in keyof typeof parameters]: NonNullable<ReturnType<(typeof parameters)[Name]["parse"]>> | null;
};

function toInput({ service, environment, status, kind, text }: Chosen): DeploymentFilter {
  return {
    ...(service === null ? {} : { serviceSlug: service }),
    ...(environment === null ? {} : { environmentSlug: environment }),
    ...(status === null ? {} : { statuses: [status] }),
    ...(kind === null ? {} : { kinds: [kind] }),
    ...(text === null || text.trim() === "" ? {} : { text: text.trim() }),
  };
}
