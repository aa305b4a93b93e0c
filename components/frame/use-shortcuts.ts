"use client";
import { useEffect, useEffectEvent } from "react";
import { matchShortcut, type ShortcutAct } from "./shortcuts.ts";
import { areSingleKeysOn } from "./single-keys.ts";

/** How long after `g` the letter may come. */
const sequenceMs = 1_200;
/** Where letters are text or move a selection. */
const taken =
  "input, textarea, select, [contenteditable=true], [role=menu], [role=listbox], [role=dialog], [role=alertdialog]";

/** Listens to the keyboard for the whole portal. */
export function useShortcuts(perform: (act: ShortcutAct) => void): void {
  const onAct = useEffectEvent(perform);
  useEffect(() => {
    let pressed: string[] = [];
    let lastAtMs = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      const key = keyOf(event);
      if (key === null) return;
      if (event.timeStamp - lastAtMs > sequenceMs) pressed = [];
      lastAtMs = event.timeStamp;
      const found = matchShortcut([...pressed, key]) ?? matchShortcut([key]);
      pressed = found === "unfinished" ? [key] : [];
      if (found === null || found === "unfinished") return;
      event.preventDefault();
      onAct(found.act);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** The key as `shortcuts` writes it; null where it is meant for something else. */
function keyOf(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.repeat) return null;
  if (event.metaKey || event.ctrlKey) return event.shiftKey ? null : `mod+${event.key.toLowerCase()}`;
  const isTaken = event.target instanceof Element && event.target.closest(taken) !== null;
  return isTaken || !areSingleKeysOn() ? null : event.key;
}
