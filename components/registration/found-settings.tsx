"use client";
import { FileText } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Code, CodeBlock } from "#components/ui/code-block.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { TextWithCode } from "#components/ui/text-with-code.tsx";
import type { RepositoryInspection } from "#server/api/types.ts";
import { FileExcerpt } from "./file-excerpt.tsx";
import { SettingsList } from "./settings-list.tsx";

type Settings = RepositoryInspection["settings"];

export type FileSettingsProps = {
  settings: Extract<Settings, { from: "file" }>;
  /** In the repository. */
  settingsPath: string;
};

/** The settings as the file has them, for each environment. */
export function FileSettings({ settings, settingsPath }: FileSettingsProps) {
  const environments = Object.entries(settings.resolved);
  return (
    <div className="flex flex-col gap-3">
      <Callout tone="live" title={`${settingsPath} was found`}>
        It is read anew at each commit that is deployed.
      </Callout>
      <Tabs
        label="Environment"
        parameter="environment"
        tabs={environments.map(([slug, resolved]) => ({
          value: slug,
          label: slug,
          content: <SettingsList settings={resolved} />,
        }))}
      />
      <WholeFile text={settings.fileText} settingsPath={settingsPath} />
    </div>
  );
}

export type BrokenSettingsProps = {
  settings: Extract<Settings, { from: "broken" }>;
  /** In the repository. */
  settingsPath: string;
  isReading: boolean;
  onReadAgain: () => void;
  onType: () => void;
};

/** What is wrong with the file, and where. */
export function BrokenSettings({
  settings,
  settingsPath,
  isReading,
  onReadAgain,
  onType,
}: BrokenSettingsProps) {
  const { problem, field, line, fileText } = settings;
  return (
    <div className="flex flex-col gap-3">
      <Callout
        tone="failed"
        role="alert"
        title={`${settingsPath} cannot be used${line === null ? "" : `: line ${line}`}`}
        actions={
          <>
            <Button loading={isReading} onClick={onReadAgain}>
              Read it again
            </Button>
            <Button variant="quiet" onClick={onType}>
              Type settings instead
            </Button>
          </>
        }
      >
        {field !== null && (
          <>
            <Code>{field}</Code>:{" "}
          </>
        )}
        <TextWithCode>{withoutPlace(problem, settingsPath, line)}</TextWithCode> Mend it, push, and read it
        again.
      </Callout>
      {line === null ? null : (
        <FileExcerpt text={fileText} line={line} label={`${settingsPath} around line ${line}`} />
      )}
      <WholeFile text={fileText} settingsPath={settingsPath} />
    </div>
  );
}

/** The title says it already. */
function withoutPlace(problem: string, settingsPath: string, line: number | null): string {
  const place = `${settingsPath}, line ${line}: `;
  return problem.startsWith(place) ? problem.slice(place.length) : problem;
}

function WholeFile({ text, settingsPath }: { text: string; settingsPath: string }) {
  return (
    <details className="group">
      <summary className="flex w-fit cursor-pointer items-center gap-2 rounded py-1 text-muted hover:text-ink">
        <FileText aria-hidden className="size-4" />
        The whole {settingsPath}
      </summary>
      <div className="pt-2">
        <CodeBlock code={text} label={settingsPath} />
      </div>
    </details>
  );
}
