"use client";
import { Select as Base } from "@base-ui/react/select";
import { clsx } from "clsx";
import { Check, ChevronsUpDown } from "lucide-react";
import { controlClass } from "./control-class.ts";
import { popupClass, popupItemClass } from "./popup-class.ts";

export type SelectOption<Value extends string> = {
  value: Value;
  label: string;
  hint?: string;
  disabled?: boolean;
};

export type SelectProps<Value extends string> = {
  options: readonly SelectOption<Value>[];
  value?: Value | null;
  defaultValue?: Value;
  onValueChange?: (value: Value) => void;
  onBlur?: () => void;
  placeholder?: string;
  /** Needed where no `Field` labels it. */
  "aria-label"?: string;
  name?: string;
  id?: string;
  disabled?: boolean;
  className?: string;
};

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { options, onValueChange, onBlur, placeholder = "Choose…", className, id } = props;
  return (
    <Base.Root
      items={options}
      value={props.value}
      defaultValue={props.defaultValue}
      onValueChange={(value) => value !== null && onValueChange?.(value)}
      name={props.name}
      disabled={props.disabled}
    >
      <Base.Trigger
        id={id}
        aria-label={props["aria-label"]}
        onBlur={onBlur}
        className={clsx(
          controlClass,
          "flex h-8 items-center justify-between gap-2 px-2.5 text-left",
          className,
        )}
      >
        <Base.Value placeholder={placeholder} className="truncate data-placeholder:text-faint" />
        <Base.Icon className="text-faint">
          <ChevronsUpDown className="size-3.5" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup className={clsx(popupClass, "min-w-(--anchor-width) max-w-(--available-width)")}>
            <Base.List className="max-h-[min(var(--available-height),20rem)] overflow-y-auto p-1">
              {options.map((option) => (
                <Option key={option.value} option={option} />
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Option({ option }: { option: SelectOption<string> }) {
  return (
    <Base.Item value={option.value} disabled={option.disabled} className={clsx(popupItemClass, "pr-8")}>
      <span className="flex min-w-0 grow flex-col">
        <Base.ItemText>{option.label}</Base.ItemText>
        {option.hint !== undefined && <span className="text-sm text-muted">{option.hint}</span>}
      </span>
      <Base.ItemIndicator className="absolute right-2 text-accent">
        <Check />
      </Base.ItemIndicator>
    </Base.Item>
  );
}
