import { Rocket } from "lucide-react";
import { ActionLink } from "#components/deployments/action-link.tsx";
import { paths } from "#components/paths.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { ServicePage } from "#server/api/types.ts";
import { Contact } from "./contact.tsx";

export function ServiceHeader({ service }: { service: ServicePage }) {
  const first = service.environments[0];
  return (
    <PageHeader
      title={service.name}
      description={
        <>
          <Team service={service} />
          <Repository url={service.repositoryUrl} />, branch {service.defaultBranch}
        </>
      }
      actions={
        first !== undefined && (
          <span data-shortcut-scope="deploy">
            <ActionLink
              action={first.deploy}
              href={paths.deploy(service.slug, first.environment.slug)}
              icon={<Rocket />}
              variant="primary"
            />
          </span>
        )
      }
    />
  );
}

function Team({ service: { team, teamContact } }: { service: ServicePage }) {
  if (team === null) return null;
  return (
    <>
      Team {team}
      {teamContact !== null && (
        <>
          {" "}
          (talk to <Contact contact={teamContact} />)
        </>
      )}{" "}
      ·{" "}
    </>
  );
}

/** Only https can be opened by a browser; any other address is text. */
function Repository({ url }: { url: string }) {
  if (!url.startsWith("https://")) return <span className="font-mono text-sm wrap-anywhere">{url}</span>;
  return (
    <a href={url} className="link wrap-anywhere">
      {url}
    </a>
  );
}
