import { paths } from "#components/paths.ts";
import { entries } from "./entries.tsx";

/** What a key does. A page marks its element for `page` keys: `data-shortcut="deploy"` is clicked, `"search"` focused. */
export type ShortcutAct =
  | { kind: "palette" | "help" }
  | { kind: "page"; name: "deploy" | "search" }
  | { kind: "go"; href: string };

export type Shortcut = {
  /** Pressed one after the other; `mod` is ⌘ or Ctrl. */
  keys: readonly string[];
  label: string;
  act: ShortcutAct;
};

/** Every key of the portal, in the order in which the help shows them. */
export const shortcuts: readonly Shortcut[] = [
  { keys: ["mod+k"], label: "Search and jump anywhere", act: { kind: "palette" } },
  { keys: ["/"], label: "Search on this page", act: { kind: "page", name: "search" } },
  { keys: ["d"], label: "Deploy", act: { kind: "page", name: "deploy" } },
  { keys: ["?"], label: "Show these keys", act: { kind: "help" } },
  ...entries.map((entry): Shortcut => {
    return {
      keys: ["g", entry.letter],
      label: `Go to ${entry.label}`,
      act: { kind: "go", href: entry.href },
    };
  }),
  { keys: ["g", "n"], label: "Register a service", act: { kind: "go", href: paths.newService() } },
];

/** The shortcut that these presses complete, whether more of one may follow, or neither. */
export function matchShortcut(pressed: readonly string[]): Shortcut | "unfinished" | null {
  const text = pressed.join(" ");
  const complete = shortcuts.find((shortcut) => shortcut.keys.join(" ") === text);
  if (complete !== undefined) return complete;
  return shortcuts.some((shortcut) => shortcut.keys.join(" ").startsWith(`${text} `)) ? "unfinished" : null;
}
