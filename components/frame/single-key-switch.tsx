"use client";
import { Switch } from "#components/ui/switch.tsx";
import { setSingleKeys, useSingleKeys } from "./single-keys.ts";

export function SingleKeySwitch() {
  return (
    <Switch
      label="Single-key shortcuts"
      hint="Off, only keys with ⌘ or Ctrl do anything. Kept in this browser."
      checked={useSingleKeys()}
      onCheckedChange={setSingleKeys}
    />
  );
}
