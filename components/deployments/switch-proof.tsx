import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { DeploymentDetail, RouterProof } from "#server/domain/read-models.ts";
import { type SwitchCounts, switchCountsText } from "#server/domain/switch-counts.ts";

/** What was measured at the switch, and what the routers say. */
export function SwitchProof({ deployment }: { deployment: DeploymentDetail }) {
  const { target, switchedAt, switchDurationMs, isLive, routers, generation } = deployment;
  if (switchedAt === null) return null;
  if (target === "script") return <Recorded at={switchedAt} />;
  const items = [
    { term: "Switched", value: <Time at={switchedAt} layout="stacked" /> },
    {
      term: "Took",
      value: switchDurationMs === null ? "not measured" : <Duration ms={switchDurationMs} />,
    },
    { term: "Requests", value: <Counted counts={deployment.switchCounts} /> },
    ...(isLive ? [{ term: "Routers", value: <Routers routers={routers} generation={generation} /> }] : []),
  ];
  return (
    <Section title="Proof of the switch">
      <DefinitionList items={items} />
    </Section>
  );
}

/** Complete some seconds after the switch: the page hears of it. */
function Counted({ counts }: { counts: SwitchCounts | null }) {
  if (counts === null) return "not counted so far";
  const isClean = counts.serverErrors + counts.aborted + counts.strays === 0;
  return <span className={isClean ? undefined : "text-attention"}>{switchCountsText(counts)}</span>;
}

/** A command has moved the traffic: the portal has only written down what is live since then. */
function Recorded({ at }: { at: string }) {
  return (
    <Section title="Recorded as live">
      <DefinitionList items={[{ term: "Since", value: <Time at={at} layout="stacked" /> }]} />
    </Section>
  );
}

function Routers({ routers, generation }: { routers: readonly RouterProof[]; generation: number }) {
  const alive = routers.filter((router) => router.isAlive);
  if (alive.length === 0) return "none is alive";
  return (
    <ul className="flex flex-col gap-1">
      {alive.map((router) => (
        <li key={router.routerId} className="flex flex-col">
          <span>{router.name}</span>
          {router.hasCurrent ? (
            <Status
              tone="live"
              word={`acknowledged generation ${generation}`}
              className="whitespace-normal! text-sm font-normal!"
            />
          ) : (
            <Status
              tone="waiting"
              word={`still at generation ${router.generation}`}
              className="whitespace-normal! text-sm font-normal!"
            />
          )}
          {router.openToOldPools > 0 && (
            <span className="text-muted text-sm">
              {router.openToOldPools} {router.openToOldPools === 1 ? "request" : "requests"} still in the old
              pool
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
