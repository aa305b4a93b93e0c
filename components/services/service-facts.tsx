import { CopyButton } from "#components/ui/copy-button.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import type { InstanceCount } from "#server/domain/configuration-views.ts";

/** What is live and how it is reached. */
export function ServiceFacts({ view }: { view: ServiceEnvironmentView }) {
  const { live } = view;
  return (
    <DefinitionList
      items={[
        {
          term: "Live",
          value:
            live === null ? (
              "Nothing yet"
            ) : (
              <>
                #{live.number} {live.subject}, since <Time at={live.since} />
                {live.byName !== null && ` by ${live.byName}`}
              </>
            ),
        },
        ...(view.instanceCount === null
          ? []
          : [{ term: "Instances", value: <Instances count={view.instanceCount} /> }]),
        ...(live?.target === "script" ? [elsewhere] : reachedBy(view)),
      ]}
    />
  );
}

const elsewhere = {
  term: "Reached",
  value: "Where its deploy command says, and not through the portal\u2019s routers",
};

function reachedBy({ links, routers, generation }: ServiceEnvironmentView) {
  return [
    {
      term: "By name",
      value: (
        <a href={links.url} className="link wrap-anywhere">
          {links.url}
        </a>
      ),
    },
    {
      term: "By path",
      value: (
        <a href={links.pathUrl} className="link wrap-anywhere">
          {links.pathUrl}
        </a>
      ),
    },
    {
      term: "By header",
      value: (
        <span className="flex min-w-0 items-center gap-2">
          <code className="min-w-0 font-mono text-sm wrap-anywhere">{links.curl}</code>
          <CopyButton text={links.curl} label={`Copy the command for ${links.hostName}`} />
        </span>
      ),
    },
    { term: "Routers", value: <Routers routers={routers} generation={generation} /> },
  ];
}

/** A number that is set here is never mistaken for the one that the release brings. */
function Instances({ count: { count, own, isConfigured } }: { count: InstanceCount }) {
  if (!isConfigured) return count;
  return (
    <>
      {count}, set in the portal <span className="text-muted">(the release's own settings say {own})</span>
    </>
  );
}

function Routers({ routers, generation }: Pick<ServiceEnvironmentView, "routers" | "generation">) {
  if (routers.length === 0) return <Status tone="failed" word="no router is registered" />;
  return (
    <ul className="flex flex-col gap-1">
      {routers.map((router) => (
        <li key={router.routerId} className="flex flex-wrap items-center gap-x-3">
          {router.name}
          {!router.isAlive ? (
            <Status tone="attention" word="silent" />
          ) : router.hasCurrent ? (
            <Status tone="live" word={`acknowledged generation ${generation}`} />
          ) : (
            <Status tone="running" word={`is still at generation ${router.generation}`} />
          )}
        </li>
      ))}
    </ul>
  );
}
