import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

/** The last one is the page itself and needs no href. */
export type Crumb = { label: ReactNode; href?: string };

export function Breadcrumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-2 text-muted">
        {crumbs.map((crumb, position) => (
          <li
            key={crumb.href ?? `here-${position}`}
            // A phone has room for the page and the one above it.
            className={clsx(
              "flex min-w-0 items-center gap-2",
              position < crumbs.length - 2 && "max-md:hidden",
            )}
          >
            {position > 0 && (
              <ChevronRight
                aria-hidden
                className={clsx(
                  "size-3.5 shrink-0 text-faint",
                  position === crumbs.length - 2 && "max-md:hidden",
                )}
              />
            )}
            {crumb.href === undefined ? (
              <span aria-current="page" className="truncate text-ink">
                {crumb.label}
              </span>
            ) : (
              <Link href={crumb.href} className="-mx-1 truncate rounded px-1 hover:bg-hover hover:text-ink">
                {crumb.label}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
