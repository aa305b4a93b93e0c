"use client";
import { useMutation } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { AccessForm } from "#components/repositories/access-form.tsx";
import { isAccessProblem } from "#components/repositories/access-problem.ts";
import { type RequestProblem, requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import type { RepositoryInspection } from "#server/api/types.ts";
import { BrokenSettings, FileSettings } from "./found-settings.tsx";
import { RepositoryForm } from "./repository-form.tsx";
import { RepositoryFound } from "./repository-found.tsx";
import { ServiceForm } from "./service-form.tsx";

/** A service from a Git address: read the repository, look at its settings, name it. */
export function RegisterPage() {
  const trpc = useTRPC();
  const [address, setAddress] = useQueryState("repository", parseAsString.withDefault(""));
  const [readingSince, setReadingSince] = useState<Date | null>(null);
  const [typedFor, setTypedFor] = useState<string | null>(null);
  const [inspection, setInspection] = useState<RepositoryInspection | null>(null);
  const [credential, setCredential] = useState<{ id: string; repositoryUrl: string } | null>(null);
  /** What the repository has said while it could not be read for want of access: stays until it is read. */
  const [barred, setBarred] = useState<{ repositoryUrl: string; problem: RequestProblem } | null>(null);
  const inspect = useMutation(
    trpc.services.inspectRepository.mutationOptions({
      onMutate: () => setReadingSince(new Date()),
      onSettled: () => setReadingSince(null),
      onSuccess: (found) => {
        setInspection(found);
        setBarred(null);
      },
      onError: (error, { repositoryUrl }) => {
        const found = requestProblem(error);
        if (isAccessProblem(found)) setBarred({ repositoryUrl, problem: found });
        else setBarred((before) => (before?.repositoryUrl === repositoryUrl ? before : null));
      },
    }),
  );
  const problem = inspect.error === null ? null : requestProblem(inspect.error);

  const credentialIdFor = (repositoryUrl: string) =>
    credential?.repositoryUrl === repositoryUrl ? credential.id : undefined;

  const read = (repositoryUrl: string, chosen: { branch?: string; settingsPath?: string } = {}) => {
    if (inspection?.repositoryUrl !== repositoryUrl) setInspection(null);
    void setAddress(repositoryUrl);
    inspect.mutate({ repositoryUrl, credentialId: credentialIdFor(repositoryUrl), ...chosen });
  };
  const readBy = (repositoryUrl: string, id: string) => {
    setCredential({ id, repositoryUrl });
    inspect.mutate({ repositoryUrl, credentialId: id });
  };

  return (
    <div className="flex max-w-3xl flex-col gap-8">
      <PageHeader
        title="Register a service"
        description="Anything in a Git repository that can be started and answers over HTTP."
      />
      <RepositoryForm
        initial={address}
        readingSince={readingSince}
        problem={
          problem === null || problem.field === "branch" || isAccessProblem(problem) ? null : problem.message
        }
        onRead={(repositoryUrl) => read(repositoryUrl)}
      />
      {barred !== null && (
        <Section title="Access" className="gap-4">
          <AccessForm
            key={barred.repositoryUrl}
            repositoryUrl={barred.repositoryUrl}
            problem={readingSince === null ? barred.problem : null}
            isReading={readingSince !== null}
            onReady={(id) => readBy(barred.repositoryUrl, id)}
          />
        </Section>
      )}
      {inspection !== null && (
        <Found
          key={`${inspection.repositoryUrl} ${inspection.settingsPath}`}
          inspection={inspection}
          isReading={readingSince !== null}
          branchProblem={problem?.field === "branch" ? problem.message : null}
          isTyped={inspection.settings.from === "none" || typedFor === inspection.repositoryUrl}
          credentialId={credentialIdFor(inspection.repositoryUrl)}
          onRead={(chosen) => read(inspection.repositoryUrl, chosen)}
          onType={(isTyped) => setTypedFor(isTyped ? inspection.repositoryUrl : null)}
        />
      )}
    </div>
  );
}

type FoundProps = {
  inspection: RepositoryInspection;
  isReading: boolean;
  branchProblem: string | null;
  isTyped: boolean;
  credentialId: string | undefined;
  onRead: (chosen: { branch: string; settingsPath: string }) => void;
  onType: (isTyped: boolean) => void;
};

function Found(props: FoundProps) {
  const { inspection, isReading, branchProblem, isTyped, credentialId, onRead, onType } = props;
  const { settings, branch, settingsPath } = inspection;
  return (
    <>
      <Section title="Repository" className="gap-4">
        <RepositoryFound
          inspection={inspection}
          isReading={isReading}
          branchProblem={branchProblem}
          onBranch={(chosen) => onRead({ branch: chosen, settingsPath })}
          onSettingsPath={(chosen) => onRead({ branch, settingsPath: chosen })}
        />
      </Section>
      <Section title="Settings" className="gap-4">
        {settings.from === "file" && <FileSettings settings={settings} settingsPath={settingsPath} />}
        {settings.from === "none" && (
          <Callout title={`There is no ${settingsPath} in it`}>
            Type the settings here. A file that is added later can take over in the service's settings.
          </Callout>
        )}
        {settings.from === "broken" &&
          (isTyped ? (
            <Callout
              title={`The typed settings are used instead of ${settingsPath}`}
              actions={<Button onClick={() => onType(false)}>Use the file after all</Button>}
            />
          ) : (
            <BrokenSettings
              settings={settings}
              settingsPath={settingsPath}
              isReading={isReading}
              onReadAgain={() => onRead({ branch, settingsPath })}
              onType={() => onType(true)}
            />
          ))}
      </Section>
      <ServiceForm
        inspection={inspection}
        credentialId={credentialId}
        isTyped={isTyped}
        refusal={
          settings.from === "broken" && !isTyped
            ? `${settingsPath} has to be mended first, or settings typed instead.`
            : null
        }
      />
    </>
  );
}
