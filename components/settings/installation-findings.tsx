import { Finding } from "#components/settings/finding.tsx";
import { WhatServicesReach } from "#components/settings/what-services-reach.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Status } from "#components/ui/status.tsx";
import type { Outputs } from "#server/api/types.ts";

/** What runs and how it is set, each with what to do where something is missing. */
export function InstallationFindings({ facts }: { facts: Outputs["installation"]["facts"] }) {
  return (
    <DefinitionList
      items={[
        { term: "Portal", value: facts.portalUrl },
        { term: "Router port", value: facts.routerPort },
        {
          term: "Workers",
          value:
            facts.workersAlive > 0 ? (
              <Status tone="live" word={`${facts.workersAlive} alive`} />
            ) : (
              <Finding word="none is alive">
                Deployments wait. Start one: <Code>npx anytime deploy-worker</Code>
              </Finding>
            ),
        },
        {
          term: "Routers",
          value:
            facts.routersAlive > 0 ? (
              <Status tone="live" word={`${facts.routersAlive} alive`} />
            ) : (
              <Finding word="none is alive">
                Nobody reaches a service. Start one: <Code>npx anytime traffic-router</Code>
              </Finding>
            ),
        },
        {
          term: "Audit log",
          value: facts.isAuditSeparate ? (
            <Status tone="live" word="the portal can add to it, and change nothing in it" />
          ) : (
            <Finding tone="attention" word="its rights are not separated">
              The portal's database role could change entries; the chain of hashes would show it. Let{" "}
              <Code>DATABASE_URL</Code> name a role that owns nothing, and start with{" "}
              <Code>ANYTIME_OWNER_DATABASE_URL</Code> naming the owner.
            </Finding>
          ),
        },
        {
          term: "Stored secrets",
          value: [facts.unreadableSecrets, facts.unreadableServiceSecrets, facts.unreadableChannels].every(
            ({ length }) => length === 0,
          ) ? (
            <Status tone="live" word="all of them can be read" />
          ) : (
            <ul className="flex flex-col gap-1">
              {facts.unreadableSecrets.map(({ serviceSlug, kind, problem }) => (
                <li key={serviceSlug}>
                  <Finding
                    word={`the ${kind === "token" ? "token" : "deploy key"} of ${serviceSlug} cannot be read`}
                  >
                    {problem}
                  </Finding>
                </li>
              ))}
              {facts.unreadableChannels.map(({ id, name, problem }) => (
                <li key={id}>
                  <Finding word={`what opens the channel ${name} cannot be read`}>
                    {problem} Until then it is told nothing; what it is to be told waits.
                  </Finding>
                </li>
              ))}
              {facts.unreadableServiceSecrets.map(({ serviceSlug, environmentSlug, name, problem }) => (
                <li key={`${serviceSlug} ${environmentSlug} ${name}`}>
                  <Finding word={`${name} of ${serviceSlug} in ${environmentSlug} cannot be read`}>
                    {problem} Until then nothing that needs it starts; what runs, runs on.
                  </Finding>
                </li>
              ))}
            </ul>
          ),
        },
        { term: "E-mail", value: <MailFinding facts={facts} /> },
        { term: "What services reach", value: <WhatServicesReach isolation={facts.isolation} /> },
        {
          term: "Local repositories",
          value:
            facts.localRepositoriesFolder === null ? (
              <>
                Not allowed. To allow a folder, start with{" "}
                <Code>ANYTIME_LOCAL_REPOSITORIES=/path/to/folder</Code>
              </>
            ) : (
              <>
                Allowed below <Code>{facts.localRepositoriesFolder}</Code>
              </>
            ),
        },
      ]}
    />
  );
}

/** Whether mails can be sent, and whether they arrive at those who subscribed to the public feed. */
function MailFinding({ facts }: { facts: Outputs["installation"]["facts"] }) {
  const { active, failing, problem } = facts.subscriptions;
  if (!facts.hasMailServer) {
    return (
      <Finding tone="attention" word="no mail server is set up">
        Nobody can subscribe to the public feed by e-mail. Start with <Code>ANYTIME_SMTP_URL</Code>, such as{" "}
        <Code>smtps://user:password@mail.example.org</Code>, and <Code>ANYTIME_MAIL_FROM</Code>, such as{" "}
        <Code>Anytime &lt;deploys@example.org&gt;</Code>.
        {active > 0 && ` ${active} who subscribed wait until then.`}
      </Finding>
    );
  }
  if (failing === 0) {
    return (
      <Finding tone="live" word="mails are sent">
        {active} subscribed to the public feed.
      </Finding>
    );
  }
  return (
    <Finding tone="attention" word="mails do not arrive">
      The last one to {failing} of {active} subscribers did not. {problem} It is tried again by itself, with
      growing pauses.
    </Finding>
  );
}
