"use client";
import { ClipboardPaste, Lock, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import type { ConfigurationView } from "#server/domain/configuration-views.ts";
import { ConfigurationOutcome } from "./configuration-outcome.tsx";
import { InstancesLine } from "./instances-line.tsx";
import { PasteDialog } from "./paste-dialog.tsx";
import { SecretDialog } from "./secret-dialog.tsx";
import { SecretsTable } from "./secrets-table.tsx";
import type { Draft } from "./use-draft.ts";
import { VariableDialog } from "./variable-dialog.tsx";
import { VariablesTable } from "./variables-table.tsx";

/** `origin` names where the release's own values come from. */
export type ConfigurationEditorProps = { view: ConfigurationView; draft: Draft; origin: string };

/** Names and values with where each comes from; below it what the edited configuration would change. */
export function ConfigurationEditor({ view, draft, origin }: ConfigurationEditorProps) {
  const [open, setOpen] = useState<"paste" | { name: string } | { secret: string } | null>(null);
  const close = () => setOpen(null);
  const { environment } = view;
  return (
    <>
      <Section
        title={`Variables and secrets in ${environment.name}`}
        description={versionText(view)}
        actions={
          <>
            <Button icon={<ClipboardPaste />} onClick={() => setOpen("paste")}>
              Paste .env text
            </Button>
            <Button icon={<Plus />} onClick={() => setOpen({ name: "" })}>
              Add a variable
            </Button>
            <Button icon={<Lock />} onClick={() => setOpen({ secret: "" })}>
              Set a secret
            </Button>
          </>
        }
      >
        <InstancesLine view={view} draft={draft} origin={origin} />
        <VariablesTable
          own={view.release?.own.env ?? {}}
          draft={draft}
          origin={origin}
          onEdit={(name) => setOpen({ name })}
        />
        <SecretsTable view={view} draft={draft} onReplace={(secret) => setOpen({ secret })} />
      </Section>
      <ConfigurationOutcome view={view} draft={draft} />
      {open === "paste" && <PasteDialog draft={draft} onClose={close} />}
      {open !== null && open !== "paste" && "secret" in open && (
        <SecretDialog name={open.secret} draft={draft} onClose={close} />
      )}
      {open !== null && open !== "paste" && "name" in open && (
        <VariableDialog name={open.name} draft={draft} own={view.release?.own.env ?? {}} onClose={close} />
      )}
    </>
  );
}

function versionText({ newest, running, release }: ConfigurationView): string {
  if (newest === null) return "Nothing is set here yet: the release's own values count.";
  if (release === null) return `Version ${newest.version} is saved. The first deployment brings it.`;
  if (newest.id === running?.id) return `Version ${newest.version}, with which #${release.number} runs`;
  const now = running === null ? "no configuration" : `version ${running.version}`;
  return `Version ${newest.version} is saved; #${release.number} still runs with ${now}.`;
}
