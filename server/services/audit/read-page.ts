import {
  type AuditEntry,
  type AuditEntryWithChange,
  type AuditSubject,
  actorKinds,
} from "#server/domain/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import type { RawEntry } from "./entry-hash.ts";
import { getEntry } from "./get-entry.ts";
import { type AuditFilter, listEntries } from "./list-entries.ts";
import { nameSubjects } from "./name-subjects.ts";

export interface AuditPage {
  items: AuditEntry[];
  nextBefore: number | null;
}

/** A page of the log as it is shown, newest first. */
export async function readPage(
  ctx: Context,
  filter: AuditFilter & { before?: number | undefined; limit: number },
): Promise<AuditPage> {
  const { items, nextBefore } = await listEntries(ctx, filter);
  const names = await nameSubjects(
    ctx,
    items.map((entry) => entry.subject),
  );
  return { items: items.map((entry) => toView(entry, names)), nextBefore };
}

/** One entry with what it changed. NotFoundError where there is none of this id. */
export async function readEntry(ctx: Context, id: number): Promise<AuditEntryWithChange> {
  const entry = await getEntry(ctx, id);
  const names = await nameSubjects(ctx, [entry.subject]);
  return { ...toView(entry, names), before: parsed(entry.before), after: parsed(entry.after) };
}

function toView(entry: RawEntry, names: Map<string, AuditSubject>): AuditEntry {
  const { hash, actorName, actorAddress, action, subject } = entry;
  return {
    ...{ hash, actorName, actorAddress, action },
    id: Number(entry.id),
    sequence: entry.sequence === null ? null : Number(entry.sequence),
    happenedAt: new Date(entry.happenedAt).toISOString(),
    actorKind: actorKinds.find((kind) => kind === entry.actorKind) ?? "system",
    subject: names.get(subject) ?? { key: subject, text: subject, page: null },
    hasChange: entry.before !== null || entry.after !== null,
  };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
