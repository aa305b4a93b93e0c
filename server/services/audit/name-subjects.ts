import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { AuditSubject } from "#server/domain/audit.ts";
import type { Context } from "#server/kernel/context.ts";

/** Kinds whose keys are words; those of the others are numbers. */
const bySlug = new Set(["service", "environment"]);

/** Each finds rows by their keys as text: `text` names one, `slug` is of the service whose page shows it. */
const queries: Record<string, (keys: SQL) => SQL> = {
  service: (keys) =>
    sql`select slug as key, 'Service ' || name as text, slug from services where slug in ${keys}`,
  environment: (keys) => sql`
    select slug as key, 'Environment ' || name as text, null as slug from environments where slug in ${keys}`,
  deployment: (keys) => sql`
    select d.id::text as key, 'Deployment ' || d.id || ' of ' || s.name || ' to ' || e.name as text, s.slug
    from deployments d join service_environments se on se.id = d.service_environment_id
    join services s on s.id = se.service_id join environments e on e.id = se.environment_id
    where d.id in ${keys}`,
  "service-environment": (keys) => sql`
    select se.id::text as key, s.name || ' in ' || e.name as text, s.slug from service_environments se
    join services s on s.id = se.service_id join environments e on e.id = se.environment_id
    where se.id in ${keys}`,
  release: (keys) => sql`
    select r.id::text as key, 'Release #' || r.number || ' of ' || s.name as text, s.slug
    from releases r join services s on s.id = r.service_id where r.id in ${keys}`,
  incident: (keys) => sql`
    select incidents.id::text as key, 'Incident ' || incidents.id || ' of ' || s.name as text, s.slug from incidents
    join service_environments se on se.id = incidents.service_environment_id join services s on s.id = se.service_id
    where incidents.id in ${keys}`,
  user: (keys) => sql`select id::text as key, name as text, null as slug from users where id in ${keys}`,
  team: (keys) =>
    sql`select id::text as key, 'Team ' || name as text, null as slug from teams where id in ${keys}`,
  token: (keys) => sql`
    select id::text as key, 'Token ' || name as text, null as slug from api_tokens where id in ${keys}`,
  worker: (keys) =>
    sql`select id::text as key, 'Worker ' || name as text, null as slug from workers where id in ${keys}`,
  invitation: (keys) => sql`
    select id::text as key, 'Invitation of ' || email as text, null as slug from invitations where id in ${keys}`,
};
const rowsSchema = z.array(z.object({ key: z.string(), text: z.string(), slug: z.string().nullable() }));

/** What the subjects are called now and which page shows them, by subject; what is gone keeps the name it was recorded by. */
export async function nameSubjects(ctx: Context, subjects: string[]): Promise<Map<string, AuditSubject>> {
  const wanted = Map.groupBy(new Set(subjects), (subject) => kindOf(subject));
  const named = await Promise.all([...wanted].map(([kind, keys]) => nameKind(ctx, kind, keys.map(keyOf))));
  const known = new Map(named.flat().map((subject) => [subject.key, subject]));
  return new Map(subjects.map((subject) => [subject, known.get(subject) ?? unnamed(subject)]));
}

async function nameKind(ctx: Context, kind: string, keys: string[]): Promise<AuditSubject[]> {
  const query = Object.hasOwn(queries, kind) ? queries[kind] : undefined;
  const usable = bySlug.has(kind) ? keys : keys.filter((key) => /^\d{1,15}$/.test(key));
  if (query === undefined || usable.length === 0) return [];
  const list = sql`(${sql.join(
    usable.map((key) => sql`${key}`),
    sql`, `,
  )})`;
  const rows = rowsSchema.parse([...(await ctx.db.execute(query(list)))]);
  return rows.map(({ key, text, slug }) => ({ key: `${kind}:${key}`, text, page: pageOf(kind, key, slug) }));
}

function pageOf(kind: string, key: string, slug: string | null): AuditSubject["page"] {
  if (kind === "worker") return { name: "workers" };
  if (slug === null) return null;
  return kind === "deployment" ? { name: "deployment", slug, id: Number(key) } : { name: "service", slug };
}

function unnamed(subject: string): AuditSubject {
  const kind = kindOf(subject);
  const text = `${kind.replaceAll("-", " ")} ${keyOf(subject)}`.trim();
  return {
    key: subject,
    text: text.charAt(0).toUpperCase() + text.slice(1),
    page: kind === "router" ? { name: "workers" } : null,
  };
}

const kindOf = (subject: string) => subject.split(":", 1)[0] ?? "";
const keyOf = (subject: string) => subject.slice(kindOf(subject).length + 1);
