"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { tabClass, tabListClass } from "./tab-class.ts";

export type LinkTabsProps = {
  label: string;
  tabs: readonly { href: string; label: ReactNode; count?: number }[];
};

/** Tabs that are pages of their own. */
export function LinkTabs({ label, tabs }: LinkTabsProps) {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className={tabListClass}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={pathname === tab.href ? "page" : undefined}
          className={tabClass}
        >
          {tab.label}
          {tab.count !== undefined && <span className="text-faint">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
