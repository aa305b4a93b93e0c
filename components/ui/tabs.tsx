"use client";
import { Tabs as Base } from "@base-ui/react/tabs";
import { useQueryState } from "nuqs";
import type { ReactNode } from "react";
import { tabClass, tabListClass } from "./tab-class.ts";

export type TabsProps = {
  label: string;
  tabs: readonly { value: string; label: ReactNode; count?: number; content: ReactNode }[];
  /** The query parameter that holds the open tab, so that it can be linked to. */
  parameter?: string;
};

/** Tabs within a page. The open one stands in the address; the first needs no parameter. */
export function Tabs({ label, tabs, parameter = "tab" }: TabsProps) {
  const [wanted, setWanted] = useQueryState(parameter);
  const first = tabs[0]?.value ?? "";
  const open = tabs.some((tab) => tab.value === wanted) ? wanted : first;
  return (
    <Base.Root value={open} onValueChange={(value) => setWanted(value === first ? null : String(value))}>
      <Base.List aria-label={label} className={tabListClass}>
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} className={tabClass}>
            {tab.label}
            {tab.count !== undefined && <span className="text-faint">{tab.count}</span>}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="pt-6 outline-offset-4">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
