"use client";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { Action } from "#server/domain/read-models.ts";
import { RestartDialog } from "./restart-dialog.tsx";
import type { Place } from "./use-plan.ts";

export function RestartButton({ action, place }: { action: Action; place: Place }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={<RotateCw />} refusal={action.reason} onClick={() => setOpen(true)}>
        {action.label}
      </Button>
      {isOpen && <RestartDialog place={place} label={action.label} onClose={() => setOpen(false)} />}
    </>
  );
}
