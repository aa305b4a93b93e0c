"use client";
import { clsx } from "clsx";
import { Plus } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { paths } from "#components/paths.ts";
import { entries, isAt } from "./entries.tsx";
import { Mark } from "./mark.tsx";

export type FrameService = { slug: string; name: string };

const shownServices = 14;

export function Rail({ services }: { services: readonly FrameService[] }) {
  return (
    <nav
      aria-label="Main"
      className="sticky top-0 flex h-dvh w-54 shrink-0 flex-col overflow-y-auto border-r bg-rail px-3 pb-4 max-md:hidden"
    >
      <Link
        href={paths.overview()}
        className="flex h-12 shrink-0 items-center gap-2 rounded px-2 font-semibold tracking-tight"
      >
        <Mark />
        Anytime
      </Link>
      <div className="flex grow flex-col gap-5 pt-2">
        <RailList entries={entries.filter((entry) => entry.isMain === true)} />
        <ServiceList services={services} />
        <div className="mt-auto">
          <RailList entries={entries.filter((entry) => entry.isMain !== true)} />
        </div>
      </div>
    </nav>
  );
}

function RailList(props: { entries: readonly { label: string; href: string; icon: ReactNode }[] }) {
  return (
    <ul className="flex flex-col gap-px">
      {props.entries.map((entry) => (
        <li key={entry.href}>
          <RailLink href={entry.href} icon={entry.icon}>
            {entry.label}
          </RailLink>
        </li>
      ))}
    </ul>
  );
}

function ServiceList({ services }: { services: readonly FrameService[] }) {
  return (
    <div>
      <div className="flex items-center justify-between pb-1 pl-2">
        <h2 className="font-medium text-faint text-xs">Services</h2>
        <Link
          href={paths.newService()}
          aria-label="Register a service"
          title="Register a service"
          className="flex size-6 items-center justify-center rounded text-muted hover:bg-hover hover:text-ink"
        >
          <Plus aria-hidden className="size-3.5" />
        </Link>
      </div>
      <ul className="flex flex-col gap-px">
        {services.slice(0, shownServices).map((service) => (
          <li key={service.slug}>
            <RailLink href={paths.service(service.slug)}>{service.name}</RailLink>
          </li>
        ))}
        {services.length === 0 && (
          <li>
            <RailLink href={paths.newService()}>Register the first one</RailLink>
          </li>
        )}
      </ul>
      {services.length > shownServices && (
        <RailLink href={paths.overview()}>{`All ${services.length} services`}</RailLink>
      )}
    </div>
  );
}

function RailLink({ href, icon, children }: { href: string; icon?: ReactNode; children: string }) {
  const isHere = isAt(usePathname(), href);
  return (
    <Link
      href={href}
      title={children}
      aria-current={isHere ? "page" : undefined}
      className={clsx(
        "flex h-8 items-center gap-2.5 rounded-md px-2 transition-colors duration-75 [&_svg]:size-4 [&_svg]:shrink-0",
        isHere ? "bg-accent-soft font-medium text-accent" : "text-muted hover:bg-hover hover:text-ink",
      )}
    >
      {icon}
      <span className="truncate">{children}</span>
    </Link>
  );
}
