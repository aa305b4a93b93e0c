"use client";
import { Dialog } from "#components/ui/dialog.tsx";
import { KeyNames } from "./key-names.tsx";
import { shortcuts } from "./shortcuts.ts";
import { SingleKeySwitch } from "./single-key-switch.tsx";

export function ShortcutsDialog(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog {...props} title="Keyboard shortcuts" size="small">
      <dl className="divide-y border-y">
        {shortcuts.map((shortcut) => (
          <div key={shortcut.label} className="flex items-center justify-between gap-4 py-2">
            <dt>{shortcut.label}</dt>
            <dd className="text-muted">
              <KeyNames keys={shortcut.keys} />
            </dd>
          </div>
        ))}
        <div className="flex items-center justify-between gap-4 py-2">
          <dt>Close what is open</dt>
          <dd className="text-muted">
            <KeyNames keys={["Esc"]} />
          </dd>
        </div>
      </dl>
      <div className="pt-4">
        <SingleKeySwitch />
      </div>
    </Dialog>
  );
}
