import { Rss } from "lucide-react";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { buttonClass } from "#components/ui/button-class.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { PublicLive } from "#server/api/types.ts";
import type { FeedQuery } from "#server/domain/feed-query.ts";
import type { PublicItem } from "#server/domain/public-item.ts";
import { FeedFilter, newestPath, olderPath, type Places } from "./feed-filter.tsx";
import { FeedList } from "./feed-list.tsx";
import { MailForm } from "./mail-form.tsx";

export type FeedPageProps = {
  feed: { items: PublicItem[]; nextBefore: string | null };
  places: Places;
  live: readonly PublicLive[];
  query: FeedQuery;
  after: string | null;
  /** Whether there is a mail server to subscribe at. */
  canMail: boolean;
};

/** What changed for whoever uses what is built here: no frame of the portal, and readable without a script. */
export function FeedPage({ feed, places, live, query, after, canMail }: FeedPageProps) {
  const service = places.services.find(({ slug }) => slug === query.service);
  const isNewest = query.before === undefined;
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-3xl flex-col gap-6 px-5 py-8 sm:py-12">
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h1 className="font-semibold text-2xl tracking-tight">
            {service === undefined ? "What’s new" : `What’s new in ${service.name}`}
          </h1>
          <p className="text-muted">Every release, as it happens.</p>
        </div>
        <Subscribe service={service?.slug} canMail={canMail} />
      </header>
      <Services places={places} chosen={query.service} />
      <FeedList
        key={`${after} ${query.before}`}
        drawn={feed.items}
        live={isNewest && query.text === undefined ? live : null}
        query={query}
        after={isNewest && query.text === undefined ? after : null}
      >
        <FeedFilter query={query} places={places} action={paths.feed({ service: query.service })} />
      </FeedList>
      <nav aria-label="Pages" className="flex gap-2 print:hidden">
        {!isNewest && <ButtonLink href={newestPath(query)}>Newest</ButtonLink>}
        {feed.nextBefore !== null && (
          <ButtonLink href={olderPath(query, feed.nextBefore)} rel="next">
            Older
          </ButtonLink>
        )}
      </nav>
      {canMail && (
        <section
          id={mailId}
          aria-label="By e-mail"
          className="scroll-mt-6 border-t pt-4 target:outline-2 target:outline-accent target:outline-offset-8 print:hidden"
        >
          <h2 className="font-semibold text-lg">
            {service === undefined ? "What’s new" : `What’s new in ${service.name}`}, by e-mail
          </h2>
          <MailForm service={service?.slug} />
        </section>
      )}
      <footer className="mt-auto border-t pt-3 text-faint text-sm">
        Times are shown with their zone.{" "}
        <Link href={paths.overview()} className="link">
          Sign in
        </Link>{" "}
        to deploy.
      </footer>
    </main>
  );
}

/** Links rather than a list to choose from: each service's page has an address of its own. */
function Services({ places, chosen }: { places: Places; chosen: string | undefined }) {
  if (places.services.length < 2) return null;
  const all = [{ slug: undefined, name: "Everything" }, ...places.services];
  return (
    <nav
      aria-label="Services"
      className="-mx-5 flex gap-x-4 gap-y-1 overflow-x-auto whitespace-nowrap px-5 text-sm sm:mx-0 sm:flex-wrap sm:px-0 print:hidden"
    >
      {all.map(({ slug, name }) => (
        <Link
          key={slug ?? ""}
          href={paths.feed({ service: slug })}
          aria-current={slug === chosen ? "page" : undefined}
          className="text-muted hover:text-ink hover:underline aria-[current]:font-medium aria-[current]:text-ink"
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

const mailId = "by-email";

function Subscribe({ service, canMail }: { service: string | undefined; canMail: boolean }) {
  const formats = [
    { format: "rss", name: "RSS" },
    { format: "atom", name: "Atom" },
    { format: "json", name: "JSON Feed" },
  ] as const;
  const links = [
    ...(canMail ? [{ name: "E-mail", href: `#${mailId}` }] : []),
    ...formats.map(({ format, name }) => ({ name, href: paths.feedFile(format, { service }) })),
  ];
  return (
    <details className="group relative print:hidden">
      <summary className={buttonClass({ className: "cursor-pointer list-none" })}>
        <Rss aria-hidden /> Subscribe
      </summary>
      <ul className="absolute right-0 z-10 mt-1 flex min-w-40 flex-col rounded-lg bg-surface p-1 shadow-(--lift)">
        {links.map(({ name, href }) => (
          <li key={name}>
            <a href={href} className="block rounded px-3 py-1.5 hover:bg-hover">
              {name}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
