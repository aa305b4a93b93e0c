"use client";
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { Inputs } from "#server/api/types.ts";
import { actorKinds } from "#server/domain/audit.ts";

export type AuditFilterInput = Omit<NonNullable<Inputs["audit"]["list"]>, "cursor" | "limit">;

const day = /^\d{4}-\d{2}-\d{2}$/;
const parameters = {
  text: parseAsString,
  action: parseAsString,
  actor: parseAsStringLiteral(actorKinds),
  /** Days of the reader's own zone, both included. */
  from: parseAsString,
  to: parseAsString,
  /** The entry that is open. */
  entry: parseAsInteger,
};

/** What the page shows, kept in its address. */
export function useAuditFilter() {
  return useQueryStates(parameters, { throttleMs: 150 });
}
export type ChosenAuditFilter = ReturnType<typeof useAuditFilter>[0];

export function toFilterInput({ text, action, actor, from, to }: ChosenAuditFilter): AuditFilterInput {
  const wanted = text?.trim() ?? "";
  return {
    ...(wanted === "" ? {} : { text: wanted }),
    ...(action === null ? {} : { action }),
    ...(actor === null ? {} : { actorKind: actor }),
    ...startOf("from", from, 0),
    ...startOf("to", to, 1),
  };
}

/** The moment at which the day begins, where the reader is; `daysLater` later. */
function startOf(name: "from" | "to", text: string | null, daysLater: number): AuditFilterInput {
  const start = new Date(`${text}T00:00`);
  if (text === null || !day.test(text) || Number.isNaN(start.getTime())) return {};
  start.setDate(start.getDate() + daysLater);
  return { [name]: start.toISOString() };
}
