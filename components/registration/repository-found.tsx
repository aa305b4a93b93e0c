"use client";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RepositoryInspection } from "#server/api/types.ts";

export type RepositoryFoundProps = {
  inspection: RepositoryInspection;
  branchProblem: string | null;
  isReading: boolean;
  onBranch: (branch: string) => void;
  onSettingsPath: (path: string) => void;
};

/** What was found: the branch that is deployed from, and its newest commit. */
export function RepositoryFound(props: RepositoryFoundProps) {
  const { inspection, branchProblem, isReading, onBranch, onSettingsPath } = props;
  const { branch, branches, defaultBranch, head, settingsPath, settingsPaths } = inspection;
  return (
    <div className="flex flex-col gap-4">
      <Field label="Branch" error={branchProblem} className="max-w-xs">
        <Select
          value={branch}
          onValueChange={onBranch}
          disabled={isReading}
          options={branches.map((name) => ({
            value: name,
            label: name,
            hint: name === defaultBranch ? "the repository's default" : undefined,
          }))}
        />
      </Field>
      {settingsPaths.length > 1 && (
        <Field
          label="Settings file"
          hint={`There are ${settingsPaths.length} settings files in this repository: each is a service of its own, and only commits that touch its folder count for it. Register one, then come back for the next.`}
          className="max-w-md"
        >
          <Select
            value={settingsPath}
            onValueChange={onSettingsPath}
            disabled={isReading}
            options={settingsPaths.map((path) => ({ value: path, label: path }))}
          />
        </Field>
      )}
      <DefinitionList
        items={[
          {
            term: "Newest commit",
            value: (
              <>
                {head.subject}{" "}
                <span className="text-muted">
                  by {head.authorName}, <Time at={head.committedAt} layout="relative" />,{" "}
                  <Digest value={head.sha} kind="commit" />
                </span>
              </>
            ),
          },
        ]}
      />
    </div>
  );
}
