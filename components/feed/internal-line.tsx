import { Globe } from "lucide-react";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { PersonName } from "#components/ui/person-name.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { InternalItem } from "#server/api/types.ts";
import { isPublicState } from "#server/domain/feed.ts";
import { recoverySentence } from "#server/domain/recovery-card.ts";
import { stateLook } from "./feed-words.ts";

/** What happened, as those who build it see it. */
export function InternalLine({ item }: { item: InternalItem }) {
  const { service, environment, deployment, hold, incident } = item;
  const isPublic = isPublicState(item.state) && (service?.isPublic ?? true) && (environment?.isShown ?? true);
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2.5">
      <Status {...stateLook(item.kind, item.state)} />
      <span className="min-w-0 grow basis-72 wrap-anywhere">
        {deployment !== null && service !== null ? (
          <Link href={paths.deployment(service.slug, deployment.id)} className="link font-medium">
            {service.name}
            {deployment.releaseNumber !== null && ` #${deployment.releaseNumber}`} in {environment?.name}
          </Link>
        ) : incident !== null ? (
          <Link href={paths.incident(incident.id)} className="link font-medium">
            {service?.name} in {environment?.name}
          </Link>
        ) : (
          <span className="font-medium">
            {service === null
              ? (environment?.name ?? "Everything")
              : `${service.name} in ${environment?.name}`}
          </span>
        )}{" "}
        <span className="text-muted">
          {item.noteTitle ?? deployment?.subject ?? hold?.reason ?? incidentText(item)}
        </span>
      </span>
      <span className="flex items-center gap-2 text-faint text-sm">
        {isPublic && (
          <Link
            href={paths.feedItem(item.publicId)}
            aria-label="As everybody reads it"
            title="As everybody reads it"
          >
            <Globe aria-hidden className="size-3.5" />
          </Link>
        )}
        {nameOf(item) !== null && <PersonName name={nameOf(item) ?? ""} />}
        <Time at={item.happenedAt} layout="relative" />
      </span>
    </li>
  );
}

/** How it ended and thanks to whom, or what users feel. */
function incidentText({ incident, kind, state, service }: InternalItem): string | null {
  if (incident === null) return null;
  if (kind === "incident") return incident.update;
  if (state !== "recovered" || incident.recoveredAt === null) return incident.title;
  return recoverySentence({
    ...incident,
    recoveredAt: incident.recoveredAt,
    serviceName: service?.name ?? "It",
  });
}

function nameOf({ deployment, hold }: InternalItem): string | null {
  return deployment?.requestedByName ?? hold?.placedByName ?? null;
}
