"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import { Command } from "cmdk";
import { Box, Keyboard, LogOut, Plus, Search } from "lucide-react";
import { useTheme } from "next-themes";
import type { ReactNode } from "react";
import { paths } from "#components/paths.ts";
import { backdropClass } from "#components/ui/dialog.tsx";
import { entries } from "./entries.tsx";
import { KeyNames } from "./key-names.tsx";
import type { FrameService } from "./rail.tsx";
import { themes } from "./theme-choices.tsx";

export type CommandPaletteProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  services: readonly FrameService[];
  onGo: (href: string) => void;
  onShowShortcuts: () => void;
  onSignOut: () => void;
};

/** Everywhere one can go and a few things one can do, by typing. */
export function CommandPalette(props: CommandPaletteProps) {
  return (
    <Base.Root open={props.open} onOpenChange={(open) => props.onOpenChange(open)}>
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Popup
          aria-label="Search and jump"
          className="fixed top-[12vh] left-1/2 z-50 w-144 max-w-[calc(100vw-1.5rem)] -translate-x-1/2 overflow-hidden rounded-xl bg-surface text-ink shadow-lift outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0"
        >
          <Command label="Search and jump" loop>
            <div className="flex items-center gap-3 border-b px-4">
              <Search aria-hidden className="size-4 shrink-0 text-faint" />
              <Command.Input
                placeholder="A service, a page, an act…"
                className="h-12 w-full bg-transparent text-lg outline-none"
              />
            </div>
            <Command.List className="max-h-[min(24rem,60vh)] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted">
                Nothing here by that name.
              </Command.Empty>
              <PaletteGroups {...props} />
            </Command.List>
          </Command>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function PaletteGroups({ services, onGo, onShowShortcuts, onSignOut, onOpenChange }: CommandPaletteProps) {
  const { setTheme } = useTheme();
  const then = (act: () => void) => () => {
    onOpenChange(false);
    act();
  };
  return (
    <>
      <Group heading="Services">
        {services.map((service) => (
          <Item
            key={service.slug}
            name={`${service.name} ${service.slug}`}
            icon={<Box />}
            onSelect={then(() => onGo(paths.service(service.slug)))}
          >
            {service.name}
          </Item>
        ))}
        <Item
          name="Register a service"
          icon={<Plus />}
          keys={["g", "n"]}
          onSelect={then(() => onGo(paths.newService()))}
        >
          Register a service
        </Item>
      </Group>
      <Group heading="Go to">
        {entries.map((entry) => (
          <Item
            key={entry.href}
            name={entry.label}
            icon={entry.icon}
            keys={["g", entry.letter]}
            onSelect={then(() => onGo(entry.href))}
          >
            {entry.label}
          </Item>
        ))}
      </Group>
      <Group heading="This browser">
        {themes.map((theme) => (
          <Item
            key={theme.value}
            name={`Theme ${theme.label}`}
            icon={theme.icon}
            onSelect={then(() => setTheme(theme.value))}
          >
            Theme: {theme.label.toLowerCase()}
          </Item>
        ))}
        <Item name="Keyboard shortcuts" icon={<Keyboard />} keys={["?"]} onSelect={then(onShowShortcuts)}>
          Keyboard shortcuts
        </Item>
        <Item name="Sign out" icon={<LogOut />} onSelect={then(onSignOut)}>
          Sign out
        </Item>
      </Group>
    </>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  );
}

type ItemProps = {
  name: string;
  icon: ReactNode;
  keys?: readonly string[];
  onSelect: () => void;
  children: ReactNode;
};

function Item({ name, icon, keys, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={name}
      onSelect={onSelect}
      className="flex h-9 cursor-default items-center gap-3 rounded-md px-2.5 data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:text-muted"
    >
      {icon}
      <span className="truncate">{children}</span>
      {keys !== undefined && (
        <span className="ml-auto text-faint">
          <KeyNames keys={keys} />
        </span>
      )}
    </Command.Item>
  );
}
