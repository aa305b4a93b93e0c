"use client";
import { useSyncExternalStore } from "react";
import { Kbd } from "#components/ui/kbd.tsx";

const never = () => () => undefined;

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

/** `⌘K` or `Ctrl K`, as this keyboard has it; `g` then `o`. */
export function KeyNames({ keys }: { keys: readonly string[] }) {
  const hasCommandKey = useSyncExternalStore(never, isApple, () => false);
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap">
      {keys.map((key, position) => (
        <span key={key} className="inline-flex items-center gap-1">
          {position > 0 && <span className="text-xs">then</span>}
          <Kbd>{key.startsWith("mod+") ? commandName(key, hasCommandKey) : key}</Kbd>
        </span>
      ))}
    </span>
  );
}

function commandName(key: string, hasCommandKey: boolean): string {
  const letter = key.slice("mod+".length).toUpperCase();
  return hasCommandKey ? `⌘${letter}` : `Ctrl ${letter}`;
}
