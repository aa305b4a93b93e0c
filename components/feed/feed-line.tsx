import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { Fragment } from "react";
import { paths } from "#components/paths.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { formatDurationMs } from "#server/domain/durations.ts";
import { plainSentence } from "#server/domain/feed.ts";
import { noteKindNames } from "#server/domain/note.ts";
import type { PublicItem } from "#server/domain/public-item.ts";
import { noteTones, stateLook } from "./feed-words.ts";
import { NotePictureImage } from "./note-picture-image.tsx";
import { NoteText } from "./note-text.tsx";

export type FeedLineProps = { item: PublicItem /** The line is the page's subject. */; isAlone?: boolean };

/** What happened, as somebody reads it who uses the service: the note first, what it is about small. */
export function FeedLine({ item, isAlone = false }: FeedLineProps) {
  const { kind, state, note } = item;
  const Heading = isAlone ? "h1" : "h3";
  return (
    <article id={`item-${item.id}`} className="flex min-w-0 flex-col gap-1.5 py-4 scroll-mt-6">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-muted text-sm">
        <Status {...stateLook(kind, state)} />
        <Place item={item} />
      </div>
      <Heading className={isAlone ? "font-semibold text-2xl tracking-tight" : "font-semibold text-lg"}>
        {isAlone ? (
          item.title
        ) : (
          <Link href={paths.feedItem(item.id)} className="hover:underline wrap-anywhere">
            {item.title}
          </Link>
        )}{" "}
        {note !== null && note.kind !== null && (
          <Badge tone={noteTones[note.kind]} className="align-middle">
            {noteKindNames[note.kind]}
          </Badge>
        )}
      </Heading>
      {note === null ? (
        <p className="text-muted">{plainSentence(kind, state)}</p>
      ) : (
        note.restHtml !== "" && <NoteText html={note.restHtml} />
      )}
      {note?.picture != null && <NotePictureImage picture={note.picture} />}
      {note?.linkUrl != null && (
        <a href={note.linkUrl} rel="nofollow noopener noreferrer" className="link w-fit wrap-anywhere">
          Read more <ExternalLink aria-hidden className="inline size-3.5" />
        </a>
      )}
      <Facts item={item} />
    </article>
  );
}

function Place({ item: { service, environment, release } }: { item: PublicItem }) {
  return (
    <span className="wrap-anywhere">
      {service !== null && (
        <Link href={paths.feed({ service: service.slug })} className="font-medium text-ink hover:underline">
          {service.name}
        </Link>
      )}
      {release !== null && ` #${release}`}
      {environment !== null && ` ${service === null ? "" : "in "}${environment.name}`}
      {service === null && environment === null && "All services"}
    </span>
  );
}

function Facts({ item }: { item: PublicItem }) {
  const { by, contact, durationMs, endsAt, state } = item;
  const facts = [
    <Time key="at" at={item.startedAt} />,
    durationMs !== null && `took ${formatDurationMs(durationMs)}`,
    endsAt !== null && state === "held" && (
      <Fragment key="until">
        until <Time at={endsAt} layout="absolute" />
      </Fragment>
    ),
    by !== null && `by ${by}`,
    contact !== null && `questions: ${contact}`,
  ].filter((fact) => fact !== false);
  return (
    <p className="flex flex-wrap gap-x-1 text-faint text-sm">
      {facts.map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fact has no other name than its place.
        <span key={index} className="wrap-anywhere">
          {fact}
          {index < facts.length - 1 && " ·"}
        </span>
      ))}
    </p>
  );
}
