"use client";
import { Search } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { paths } from "#components/paths.ts";
import { Breadcrumbs } from "#components/ui/breadcrumbs.tsx";
import { crumbsOf } from "./crumbs.ts";
import { KeyNames } from "./key-names.tsx";
import { LiveDot } from "./live-dot.tsx";
import { Mark } from "./mark.tsx";
import type { FrameService } from "./rail.tsx";
import { ThemeMenu } from "./theme-choices.tsx";

export type TopBarProps = { services: readonly FrameService[]; onSearch: () => void; me: ReactNode };

export function TopBar({ services, onSearch, me }: TopBarProps) {
  const crumbs = crumbsOf(usePathname(), services);
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-3 border-b bg-canvas px-4 md:px-6">
      <Link
        href={paths.overview()}
        aria-label="Anytime, to the overview"
        className="shrink-0 rounded md:hidden"
      >
        <Mark className="size-6" />
      </Link>
      <Breadcrumbs crumbs={crumbs} />
      <div className="ml-auto flex shrink-0 items-center gap-1.5">
        <button
          type="button"
          onClick={onSearch}
          aria-keyshortcuts="Control+K Meta+K"
          className="flex h-8 items-center gap-2 rounded-md px-2 text-muted transition-colors duration-100 hover:bg-hover hover:text-ink lg:w-60 lg:bg-sunken lg:pr-1.5"
        >
          <Search aria-hidden className="size-4 shrink-0" />
          <span className="max-lg:sr-only">Search or jump to…</span>
          <span className="ml-auto max-lg:hidden">
            <KeyNames keys={["mod+k"]} />
          </span>
        </button>
        <LiveDot />
        <ThemeMenu />
        {me}
      </div>
    </header>
  );
}
