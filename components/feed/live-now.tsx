import Link from "next/link";
import { paths } from "#components/paths.ts";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { PublicLive } from "#server/api/types.ts";
import type { PublicItem } from "#server/domain/public-item.ts";
import { atAGlance, type LiveRelease } from "./live-releases.ts";
import type { FeedStream } from "./use-feed-stream.ts";

export type LiveNowProps = {
  live: readonly PublicLive[];
  /** What is under way. */
  running: readonly PublicItem[];
  connection: FeedStream["connection"];
};

/** What is live where, since when, and what is on its way there: the newest at a glance, the rest behind one click. */
export function LiveNow({ live, running, connection }: LiveNowProps) {
  const { seen, others } = atAGlance(live);
  return (
    <section
      aria-label="Live now"
      className="flex flex-col gap-3 rounded-lg bg-sunken px-4 py-3 print:hidden"
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <h2 className="font-medium">Live now</h2>
        {running.length === 0 && <span className="text-muted">Nothing is being released.</span>}
        {running.map((item) => (
          <Link key={item.id} href={`#item-${item.id}`} className="hover:underline">
            <Status tone="running" word={`${placeOf(item)} is on its way`} />
          </Link>
        ))}
        {connection === "lost" && (
          <span role="status" className="ml-auto text-faint">
            Reconnecting…
          </span>
        )}
      </div>
      {seen.length === 0 ? (
        <p className="text-muted text-sm">No release is live yet.</p>
      ) : (
        <Releases releases={seen} isStrip />
      )}
      {others.length > 0 && (
        <details className="text-sm">
          <summary className="w-fit cursor-pointer text-muted hover:text-ink">
            All {seen.length + others.length}
          </summary>
          <div className="pt-3">
            <Releases releases={others} />
          </div>
        </details>
      )}
    </section>
  );
}

/** A strip is moved sideways on a phone, so that what is new is not pushed off the screen. */
function Releases({ releases, isStrip = false }: { releases: readonly LiveRelease[]; isStrip?: boolean }) {
  return (
    <ul
      className={
        isStrip
          ? "-mx-4 flex snap-x gap-4 overflow-x-auto px-4 pb-1 sm:mx-0 sm:grid sm:grid-cols-3 sm:gap-y-3 sm:overflow-visible sm:px-0 sm:pb-0"
          : "grid gap-x-4 gap-y-3 sm:grid-cols-3"
      }
    >
      {releases.map(({ service, environment, release, since }) => (
        <li
          key={`${service.slug} ${environment.slug}`}
          className="flex min-w-44 max-w-72 shrink-0 snap-start scroll-ml-4 flex-col border-line-strong border-l pl-3 text-sm sm:min-w-0"
        >
          <span className="min-w-0 wrap-anywhere">
            <Link href={paths.feed({ service: service.slug })} className="font-medium hover:underline">
              {service.name}
            </Link>{" "}
            <span className="text-muted tabular-nums">#{release}</span>
          </span>
          <span className="flex flex-wrap gap-x-1 text-muted text-xs">
            {environment.name} · <Time at={since} layout="relative" />
          </span>
        </li>
      ))}
    </ul>
  );
}

function placeOf({ service, environment }: PublicItem): string {
  return `${service?.name ?? "All services"}${environment === null ? "" : ` in ${environment.name}`}`;
}
