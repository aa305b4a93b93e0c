"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { tabClass, tabListClass } from "./tab-class.ts";

export type LinkTabsProps = {
  label: string;
  tabs: readonly { href: string; label: ReactNode; count?: number }[];
};

/** Tabs that are pages of their own. */
export function LinkTabs({ label, tabs }: LinkTabsProps) {
  const pathname = usePathname();
  // The page of something that a tab lists belongs to that tab.
  const open = tabs
    .filter(({ href }) => pathname === href || pathname.startsWith(`${href}/`))
    .sort((one, other) => other.href.length - one.href.length)[0]?.href;
  const ref = useRef<HTMLElement>(null);
  // Where they do not all fit, the open one is in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: which one is open depends on the pathname.
  useEffect(() => {
    const nav = ref.current;
    const open = nav?.querySelector<HTMLElement>("[aria-current=page]");
    if (nav && open) nav.scrollLeft = open.offsetLeft + open.offsetWidth - nav.clientWidth;
  }, [pathname]);
  return (
    <nav ref={ref} aria-label={label} className={tabListClass}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={tab.href === open ? "page" : undefined}
          className={tabClass}
        >
          {tab.label}
          {tab.count !== undefined && <span className="text-faint">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
