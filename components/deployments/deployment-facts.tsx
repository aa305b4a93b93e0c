import type { ReactNode } from "react";
import { ReleaseLink } from "#components/services/release-link.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { PersonName } from "#components/ui/person-name.tsx";
import { PoolDot } from "#components/ui/pool-dot.tsx";
import { Section } from "#components/ui/section.tsx";
import { Time } from "#components/ui/time.tsx";
import type { DeploymentDetail } from "#server/domain/read-models.ts";
import { latenessText } from "#server/domain/schedule.ts";
import { byteText } from "./byte-text.ts";

type Item = { term: string; value: ReactNode };

/** Who asked for what, when, and what came of it. */
export function DeploymentFacts({ deployment }: { deployment: DeploymentDetail }) {
  return (
    <Section title="Release and times">
      <DefinitionList
        items={[...releaseItems(deployment), ...timeItems(deployment), ...placeItems(deployment)]}
      />
    </Section>
  );
}

function releaseItems(deployment: DeploymentDetail): Item[] {
  const { release, previousRelease, sha, subject, authorName } = deployment;
  const commit: Item = {
    term: "Commit",
    value: (
      <>
        <Digest value={sha} kind="commit" /> {subject} <span className="text-muted">by {authorName}</span>
      </>
    ),
  };
  if (release === null) return [commit];
  const artifact = (
    <>
      <Digest value={release.artifactDigest} kind="artifact" />{" "}
      <span className="text-muted">
        {byteText(release.artifactBytes)} in {release.fileCount.toLocaleString("en")} files
        {release.firstArtifactDigest !== null && ", built again and not the same as at first"}
      </span>
    </>
  );
  const before =
    previousRelease === null ? (
      "the first one here"
    ) : previousRelease.id === release.id ? (
      "as before"
    ) : (
      <>
        <ReleaseLink slug={deployment.serviceSlug} number={previousRelease.number} className="link" /> before
        it
      </>
    );
  return [
    {
      term: "Release",
      value: (
        <>
          <ReleaseLink slug={deployment.serviceSlug} number={release.number} className="link" />{" "}
          <span className="text-muted">({before})</span>
        </>
      ),
    },
    commit,
    { term: "Artifact", value: artifact },
  ];
}

function timeItems(deployment: DeploymentDetail): Item[] {
  const { startedByName, requestedAt, scheduledFor, waitedMs, durationMs, finishedAt } = deployment;
  const lateness = latenessText(deployment);
  return [
    { term: "Asked for by", value: <PersonName name={startedByName} /> },
    { term: "Asked for", value: <Time at={requestedAt} /> },
    ...(scheduledFor === null ? [] : [{ term: "Scheduled for", value: <Time at={scheduledFor} /> }]),
    ...(lateness === null ? [] : [{ term: "Let start", value: lateness }]),
    ...(waitedMs === null ? [] : [{ term: "Waited", value: <Duration ms={waitedMs} /> }]),
    ...(durationMs === null ? [] : [{ term: "Took", value: <Duration ms={durationMs} /> }]),
    ...(finishedAt === null ? [] : [{ term: "Ended", value: <Time at={finishedAt} /> }]),
  ];
}

function placeItems(deployment: DeploymentDetail): Item[] {
  const { target, workerName, pool, links, configuration } = deployment;
  return [
    ...(configuration === null ? [] : [{ term: "Configuration", value: `version ${configuration.version}` }]),
    ...(workerName === null ? [] : [{ term: "Worker", value: workerName }]),
    ...(target === "script" || pool === null ? [] : [{ term: "Pool", value: <PoolDot pool={pool} /> }]),
    ...(target === "script" ? [] : [{ term: "Address", value: <Address url={links.url} /> }]),
  ];
}

function Address({ url }: { url: string }) {
  return (
    <a href={url} className="link">
      {url}
    </a>
  );
}
