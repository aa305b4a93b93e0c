import { paths } from "#components/paths.ts";
import { buttonClass } from "#components/ui/button-class.ts";
import { controlClass } from "#components/ui/control-class.ts";
import { feedKindNames, publicKinds } from "#server/domain/feed.ts";
import type { FeedQuery } from "#server/domain/feed-query.ts";

export type Places = Record<"services" | "environments", readonly { slug: string; name: string }[]>;

/** A plain form that asks for another page: it works without a script. */
export function FeedFilter({ query, places, action }: { query: FeedQuery; places: Places; action: string }) {
  return (
    <form
      action={action}
      aria-label="Narrow the feed"
      className="flex flex-wrap items-end gap-2 print:hidden"
    >
      <Choice
        label="Environment"
        name="environment"
        value={query.environment}
        options={places.environments}
      />
      <Choice
        label="Kind"
        name="kind"
        value={query.kind}
        options={publicKinds.map((kind) => ({ slug: kind, name: feedKindNames[kind] }))}
      />
      <label className="flex min-w-40 grow flex-col gap-1 text-muted text-sm">
        Search
        <input
          type="search"
          name="text"
          maxLength={200}
          defaultValue={query.text}
          data-shortcut="search"
          className={`${controlClass} h-8 px-2.5`}
        />
      </label>
      <button type="submit" className={buttonClass()}>
        Show
      </button>
    </form>
  );
}

function Choice({
  label,
  name,
  value,
  options,
}: {
  label: string;
  name: string;
  value: string | undefined;
  options: Places["services"];
}) {
  return (
    <label className="flex grow basis-36 flex-col gap-1 text-muted text-sm sm:grow-0 sm:basis-auto">
      {label}
      <select name={name} defaultValue={value ?? ""} className={`${controlClass} h-8 px-2 pr-7`}>
        <option value="">All</option>
        {options.map((option) => (
          <option key={option.slug} value={option.slug}>
            {option.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The next page of the same filter. */
export function olderPath(query: FeedQuery, before: string): string {
  return paths.feed({ ...query, before });
}

/** The first page of the same filter. */
export function newestPath(query: FeedQuery): string {
  return paths.feed({ ...query, before: undefined });
}
