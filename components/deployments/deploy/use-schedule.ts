"use client";
import { useNow } from "#components/ui/clock.ts";
import { parseSchedule } from "#server/domain/schedule.ts";
import { useDeployChoice } from "./use-deploy-choice.ts";

export interface Schedule {
  isLater: boolean;
  /** For a datetime-local field, in the browser's zone; null until that is known. */
  localText: string | null;
  /** `Europe/Berlin` */
  zone: string | null;
  /** Set only where the time will do. */
  scheduledFor: string | null;
  problem: string | null;
  chooseNow: () => void;
  chooseLater: () => void;
  type: (localText: string) => void;
}

/** When to deploy: `at` in the address is an instant, or empty while a time is still being typed. */
export function useSchedule(): Schedule {
  const [{ at, kind }, choose] = useDeployChoice();
  const now = useNow(10_000);
  const isLater = at !== null && kind !== "switch-back";
  const parsed = isLater && now !== null ? parseSchedule(at, new Date(now)) : null;
  return {
    isLater,
    localText: now === null ? null : toLocalText(at ?? ""),
    zone: now === null ? null : Intl.DateTimeFormat().resolvedOptions().timeZone,
    scheduledFor: parsed?.at?.toISOString() ?? null,
    problem: parsed?.problem ?? null,
    chooseNow: () => void choose({ at: null }),
    chooseLater: () => void choose({ at: tomorrowMorning().toISOString() }),
    type: (text) => void choose({ at: text === "" ? "" : new Date(text).toISOString() }),
  };
}

/** A start to change from: the next day at nine, as the browser's clock has it. */
function tomorrowMorning(): Date {
  const morning = new Date();
  morning.setDate(morning.getDate() + 1);
  morning.setHours(9, 0, 0, 0);
  return morning;
}

function toLocalText(at: string): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return "";
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
