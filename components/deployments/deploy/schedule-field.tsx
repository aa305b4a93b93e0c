"use client";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Time } from "#components/ui/time.tsx";
import { utcText } from "#server/domain/moment-text.ts";
import type { Schedule } from "./use-schedule.ts";

const choices = [
  { value: "now", label: "Now" },
  { value: "later", label: "At a time" },
] as const;

/** Now, or at a time that is typed as the browser's clock has it and said in UTC too. */
export function ScheduleField({ schedule }: { schedule: Schedule }) {
  const { isLater, localText, zone, scheduledFor, problem } = schedule;
  return (
    <div className="grid gap-3 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <Field label="When">
        <Select
          options={choices}
          value={isLater ? "later" : "now"}
          onValueChange={(value) => (value === "now" ? schedule.chooseNow() : schedule.chooseLater())}
        />
      </Field>
      {isLater && localText !== null && (
        <Field
          label={`Time in ${zone}`}
          error={problem}
          hint={
            scheduledFor !== null && (
              <>
                {utcText(scheduledFor)}, <Time at={scheduledFor} layout="relative" />. Machines look again
                then whether anything speaks against it.
              </>
            )
          }
        >
          <Input
            type="datetime-local"
            value={localText}
            onChange={(event) => schedule.type(event.target.value)}
            className="tabular-nums"
          />
        </Field>
      )}
    </div>
  );
}
