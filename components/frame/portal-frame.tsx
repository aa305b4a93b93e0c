"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { useTRPC } from "#components/trpc.tsx";
import type { ServiceBrief } from "#server/domain/read-models.ts";
import { BottomBar } from "./bottom-bar.tsx";
import { CommandPalette } from "./command-palette.tsx";
import { type FrameUser, MeMenu } from "./me-menu.tsx";
import { performOnPage } from "./perform-on-page.ts";
import { Rail } from "./rail.tsx";
import type { ShortcutAct } from "./shortcuts.ts";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";
import { TopBar } from "./top-bar.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

export type PortalFrameProps = {
  user: FrameUser;
  /** As they were when the page was drawn. Most recent first: the rail shows the first of them, the palette all. */
  services: ServiceBrief[];
  onSignOut: () => void;
  children: ReactNode;
};

/** What stands around every page behind sign-in. Belongs inside `LiveProvider` and `DataProvider`. */
export function PortalFrame({ user, services: initialData, onSignOut, children }: PortalFrameProps) {
  const router = useRouter();
  const trpc = useTRPC();
  const { data: services } = useQuery(trpc.services.list.queryOptions(undefined, { initialData }));
  const [open, setOpen] = useState<"palette" | "help" | null>(null);
  const showHelp = () => setOpen("help");
  const perform = (act: ShortcutAct) => {
    if (act.kind === "go") router.push(act.href);
    else if (act.kind !== "page") setOpen(act.kind);
    else if (!performOnPage(act.name) && act.name === "search") setOpen("palette");
  };
  useShortcuts(perform);
  return (
    <div className="isolate flex min-h-dvh">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 rounded-md bg-accent px-3 py-1.5 font-medium text-on-accent not-focus:sr-only"
      >
        Skip to the content
      </a>
      <Rail services={services} />
      <div className="flex min-w-0 grow flex-col">
        <TopBar
          services={services}
          onSearch={() => setOpen("palette")}
          me={<MeMenu user={user} onSignOut={onSignOut} onShowShortcuts={showHelp} />}
        />
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-360 grow px-4 pt-6 pb-24 outline-none md:px-6 md:pb-12"
        >
          {children}
        </main>
      </div>
      <BottomBar services={services} />
      <CommandPalette
        open={open === "palette"}
        onOpenChange={(isOpen) => setOpen(isOpen ? "palette" : null)}
        services={services}
        onGo={(href) => router.push(href)}
        onShowShortcuts={showHelp}
        onSignOut={onSignOut}
      />
      <ShortcutsDialog open={open === "help"} onOpenChange={(isOpen) => setOpen(isOpen ? "help" : null)} />
    </div>
  );
}
