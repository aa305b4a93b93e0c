import type { ReactNode } from "react";
import { Code } from "#components/ui/code-block.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { formatDurationMs } from "#server/domain/durations.ts";
import { limitTexts, type WantedLimits } from "#server/domain/limits.ts";
import type {
  Command,
  ProcessSettings,
  ScriptSettings,
  ServiceSettings,
} from "#server/domain/service-settings.ts";
import { shareText, stickyText } from "#server/domain/shares.ts";

type Item = { term: string; value: ReactNode };

/** Resolved settings of one environment, defaults included. */
export function SettingsList({ settings }: { settings: ServiceSettings }) {
  const { include, cache, path, also, migrate, limits } = settings;
  const items: Item[] = [
    ...(path === null ? [] : [{ term: "Folder", value: <Code>{path}</Code> }]),
    ...(also.length === 0 ? [] : [{ term: "Counts as well", value: <Codes texts={also} /> }]),
    ...checkedOut(settings.checkout),
    { term: "Build", value: <Commands commands={settings.build} /> },
    { term: "Test", value: <Commands commands={settings.test} /> },
    { term: "Package", value: include.length === 0 ? "the whole folder" : <Codes texts={include} /> },
    ...(cache.length === 0 ? [] : [{ term: "Keeps between builds", value: <Codes texts={cache} /> }]),
    ...(migrate === null ? [] : [{ term: "Migrate", value: <Migration migrate={migrate} /> }]),
    ...(settings.target === "script" ? commandItems(settings) : processItems(settings)),
    ...limitItem("Limits of a command", limits.steps),
    ...(settings.target === "process" ? limitItem("Limits of an instance", limits.instances) : []),
    ...variables(settings.env),
  ];
  return <DefinitionList items={items} />;
}

function processItems(settings: ProcessSettings): Item[] {
  const { start, instances, health, smoke, drainMs, keepWarmMs, canary, holdback } = settings;
  return [
    { term: "Start", value: <Code>{start}</Code> },
    { term: "Instances", value: instances },
    {
      term: "Healthy when",
      value: (
        <>
          <Code>{health.path}</Code> answers well within {timeText(health.timeoutMs)}
        </>
      ),
    },
    ...(smoke === null ? [] : [{ term: "Smoke test", value: <Code>{smoke}</Code> }]),
    { term: "Drains for", value: timeText(drainMs) },
    { term: "Kept warm for", value: timeText(keepWarmMs) },
    ...(canary === null
      ? []
      : [
          {
            term: "Canary",
            value: `${shareText(canary.share)} for ${timeText(canary.forMs)}, ${stickyText(canary.sticky)}`,
          },
        ]),
    ...(holdback === null
      ? []
      : [{ term: "Held back", value: `${shareText(holdback.share)} for ${timeText(holdback.forMs)}` }]),
  ];
}

function commandItems({ deploy, switchBack, health, repeatable }: ScriptSettings): Item[] {
  return [
    { term: "Deploys by", value: <Commands commands={deploy} /> },
    { term: "If cut off", value: repeatable ? "runs again" : "is not run again" },
    {
      term: "Switches back by",
      value: switchBack === null ? "the same, of the release before" : <Commands commands={switchBack} />,
    },
    {
      term: "Healthy when",
      value:
        health === null ? (
          "its deploy command has ended well"
        ) : (
          <>
            <Code>{health.run}</Code> ends well within {timeText(health.timeoutMs)}
          </>
        ),
    },
  ];
}

function Migration({ migrate }: { migrate: NonNullable<ServiceSettings["migrate"]> }) {
  const { run, repeatable, reversible } = migrate;
  const declared = [...(repeatable ? ["repeatable"] : []), ...(reversible ? ["reversible"] : [])];
  return (
    <span className="flex flex-col items-start gap-1">
      <Code>{run}</Code>
      <span className="text-muted text-sm">
        declared {declared.length === 0 ? "neither repeatable nor reversible" : declared.join(" and ")}
      </span>
    </span>
  );
}

function limitItem(term: string, wanted: WantedLimits): Item[] {
  const texts = [...limitTexts(wanted)].map(([name, text]) => `${name} ${text}`);
  return texts.length === 0 ? [] : [{ term, value: texts.join(", ") }];
}

function checkedOut({ submodules, lfs }: ServiceSettings["checkout"]): Item[] {
  const besides = [...(submodules ? ["submodules"] : []), ...(lfs ? ["files in Git LFS"] : [])];
  return besides.length === 0 ? [] : [{ term: "Checked out with", value: besides.join(" and ") }];
}

function variables(env: Record<string, string>): Item[] {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return lines.length === 0 ? [] : [{ term: "Variables", value: <Codes texts={lines} /> }];
}

function Commands({ commands }: { commands: readonly Command[] }) {
  if (commands.length === 0) return <span className="text-muted">none</span>;
  return <Codes texts={commands.map((command) => command.run)} />;
}

function Codes({ texts }: { texts: readonly string[] }) {
  return (
    <span className="flex flex-col items-start gap-1">
      {texts.map((text) => (
        <Code key={text}>{text}</Code>
      ))}
    </span>
  );
}

function timeText(ms: number): string {
  return formatDurationMs(ms)
    .replace(/\.0 s$/, " s")
    .replace(/ 0 [sm]$/, "");
}
