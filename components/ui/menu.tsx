"use client";
import { Menu as Base } from "@base-ui/react/menu";
import { clsx } from "clsx";
import { Check } from "lucide-react";
import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { popupClass, popupItemClass } from "./popup-class.ts";

export type MenuProps = {
  /** One `Button` or `IconButton`. */
  trigger: ReactElement;
  /** `MenuItem`, `MenuLink`, `MenuChoices`, `MenuSeparator`, `MenuHeading`. */
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom";
};

export function Menu({ trigger, children, align = "end", side = "bottom" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} side={side} className="z-50 outline-none">
          <Base.Popup className={clsx(popupClass, "min-w-52 max-w-(--available-width) p-1")}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export type MenuItemProps = {
  icon?: ReactNode;
  onClick: () => void;
  danger?: boolean;
  /** Why not, in words: shown below, and the item does nothing. */
  refusal?: string | null;
  children: ReactNode;
};

export function MenuItem({ icon, onClick, danger, refusal, children }: MenuItemProps) {
  const isRefused = refusal !== undefined && refusal !== null;
  return (
    <Base.Item
      onClick={onClick}
      disabled={isRefused}
      className={clsx(popupItemClass, danger === true && !isRefused && "text-failed")}
    >
      {icon}
      <span className="min-w-0 wrap-anywhere">
        {children}
        {isRefused && <span className="block max-w-64 text-muted text-sm">{refusal}</span>}
      </span>
    </Base.Item>
  );
}

export function MenuLink({ icon, href, children }: { icon?: ReactNode; href: string; children: ReactNode }) {
  return (
    <Base.LinkItem render={<Link href={href} />} closeOnClick className={popupItemClass}>
      {icon}
      {children}
    </Base.LinkItem>
  );
}

export type MenuChoicesProps<Value extends string> = {
  label: string;
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; label: string; icon?: ReactNode }[];
};

/** One of several, with a tick at the one that holds. */
export function MenuChoices<Value extends string>(props: MenuChoicesProps<Value>) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 py-1 text-muted text-sm">{props.label}</Base.GroupLabel>
      <Base.RadioGroup value={props.value} onValueChange={props.onValueChange}>
        {props.options.map((option) => (
          <Base.RadioItem
            key={option.value}
            value={option.value}
            closeOnClick
            className={clsx(popupItemClass, "pr-8")}
          >
            {option.icon}
            {option.label}
            <Base.RadioItemIndicator className="absolute right-3 text-accent">
              <Check />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}

export function MenuHeading({ children }: { children: ReactNode }) {
  return <div className="px-2 py-1.5 text-sm">{children}</div>;
}
