import { ArrowLeft } from "lucide-react";
import { paths } from "#components/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { PublicItem } from "#server/domain/public-item.ts";
import { FeedLine } from "./feed-line.tsx";

/** One line of the public feed, to link to. */
export function FeedItemPage({ item }: { item: PublicItem }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-3xl flex-col gap-4 px-5 py-8 sm:py-12">
      <div className="print:hidden">
        <ButtonLink
          href={paths.feed({ service: item.service?.slug })}
          variant="quiet"
          size="small"
          icon={<ArrowLeft />}
        >
          {item.service === null ? "What’s new" : `What’s new in ${item.service.name}`}
        </ButtonLink>
      </div>
      <FeedLine item={item} isAlone />
    </main>
  );
}
