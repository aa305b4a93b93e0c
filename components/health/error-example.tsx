"use client";
import { useQuery } from "@tanstack/react-query";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ErrorGroup, LocatedFrame, ReleaseError } from "#server/api/types.ts";

/** One error of a kind, with where it went wrong. */
export function ErrorExample({ error }: { error: ReleaseError }) {
  const trpc = useTRPC();
  const { data, error: problem } = useQuery(trpc.reviews.errorGroup.queryOptions({ id: error.id }));
  if (problem !== null && data === undefined) {
    return (
      <Callout tone="attention" title="The example could not be read">
        {requestProblem(problem).message}
      </Callout>
    );
  }
  if (data === undefined) return <SkeletonLines count={4} />;
  return (
    <div className="flex min-w-0 flex-col gap-3 rounded-md bg-sunken px-3 py-3 inset-ring inset-ring-line">
      <p className="whitespace-pre-wrap font-mono text-sm wrap-anywhere">
        {data.type}: {data.message}
      </p>
      <Frames frames={data.frames} />
      <DefinitionList layout="columns" items={factsOf(data, error)} />
    </div>
  );
}

function factsOf(group: ErrorGroup, { firstReleaseNumber }: ReleaseError) {
  const facts = [
    { term: "First seen", value: <FirstSeen at={group.firstSeenAt} releaseNumber={firstReleaseNumber} /> },
    { term: "Last seen", value: <Time at={group.lastSeenAt} /> },
  ];
  if (group.route !== null)
    facts.unshift({ term: "Route", value: <code className="font-mono">{group.route}</code> });
  if (group.releaseNumber !== null) facts.push({ term: "Example of", value: <>#{group.releaseNumber}</> });
  return facts;
}

function FirstSeen({ at, releaseNumber }: { at: string; releaseNumber: number | null }) {
  return (
    <>
      {releaseNumber !== null && <>in #{releaseNumber}, </>}
      <Time at={at} />
    </>
  );
}

/** The innermost first; the service's own stand out, and lead to their lines where the host is known. */
function Frames({ frames }: { frames: readonly LocatedFrame[] }) {
  if (frames.length === 0) return <p className="text-muted text-sm">It came without a stack trace.</p>;
  return (
    <ol aria-label="Stack trace, innermost first" className="flex min-w-0 flex-col gap-0.5 font-mono text-xs">
      {frames.map((frame, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: frames never move, and the same one may stand there twice
        <li key={place} className={`wrap-anywhere ${frame.isOwn ? "" : "text-faint"}`}>
          {frame.function !== null && (
            <>
              <span className={frame.isOwn ? "font-semibold" : ""}>{frame.function}</span> in{" "}
            </>
          )}
          <FramePlace frame={frame} />
        </li>
      ))}
    </ol>
  );
}

function FramePlace({ frame: { file, path, line, url } }: { frame: LocatedFrame }) {
  const place = `${path ?? file}${line === null ? "" : `:${line}`}`;
  if (url === null) return place;
  return (
    <a href={url} className="link" rel="noreferrer" target="_blank">
      {place}
    </a>
  );
}
