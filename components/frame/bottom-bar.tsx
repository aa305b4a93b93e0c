"use client";
import { clsx } from "clsx";
import { Ellipsis, Plus } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { paths } from "#components/paths.ts";
import { Menu, MenuHeading, MenuLink, MenuSeparator } from "#components/ui/menu.tsx";
import { entries, isAt } from "./entries.tsx";
import type { FrameService } from "./rail.tsx";

const itemClass =
  "flex h-14 w-full flex-col items-center justify-center gap-0.5 text-xs font-medium -outline-offset-2 [&_svg]:size-5";
const shownServices = 6;

/** The rail of a phone. */
export function BottomBar({ services }: { services: readonly FrameService[] }) {
  const pathname = usePathname();
  const main = entries.filter((entry) => entry.isAtHand === true);
  const rest = entries.filter((entry) => entry.isAtHand !== true);
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 border-t bg-rail pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="flex">
        {main.map((entry) => (
          <li key={entry.href} className="grow basis-0">
            <Link
              href={entry.href}
              aria-current={isAt(pathname, entry.href) ? "page" : undefined}
              className={clsx(itemClass, isAt(pathname, entry.href) ? "text-accent" : "text-muted")}
            >
              {entry.icon}
              {entry.label}
            </Link>
          </li>
        ))}
        <li className="grow basis-0">
          <Menu side="top" trigger={<MoreButton />}>
            {services.length > 0 && <MenuHeading>Services</MenuHeading>}
            {services.slice(0, shownServices).map((service) => (
              <MenuLink key={service.slug} href={paths.service(service.slug)}>
                {service.name}
              </MenuLink>
            ))}
            <MenuLink href={paths.newService()} icon={<Plus />}>
              Register a service
            </MenuLink>
            <MenuSeparator />
            {rest.map((entry) => (
              <MenuLink key={entry.href} href={entry.href} icon={entry.icon}>
                {entry.label}
              </MenuLink>
            ))}
          </Menu>
        </li>
      </ul>
    </nav>
  );
}

function MoreButton(props: React.ComponentProps<"button">) {
  return (
    <button type="button" {...props} className={clsx(itemClass, "text-muted")}>
      <Ellipsis aria-hidden />
      More
    </button>
  );
}
