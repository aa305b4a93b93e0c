import { afterAll, beforeAll, expect, test } from "vitest";
import { derivedColumns, privacyOf, privateColumns, publicColumns } from "#db/testing/column-privacy.ts";
import { isFree, schemaTables } from "#db/testing/free-columns.ts";
import { insertMarkedRows, type MarkedRows } from "#db/testing/marked-rows.ts";
import { type Asking, everyAsking } from "./every-asking.ts";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";

/**
 * Every table holds a row, every private column in it a mark of its own. Whatever answers is asked in every way without
 * a session, and no answer may hold a mark. What is public one day is decided in db/testing/column-privacy.ts.
 */
let portal: RunningPortal;
let marked: MarkedRows;

beforeAll(async () => {
  portal = await openRunningPortal();
  marked = await insertMarkedRows(portal.database.client.sql);
});
afterAll(() => portal.stop());

test("of every column that takes free text it is decided whether it is private", async () => {
  const tables = [...(await schemaTables()).values()];
  const free = tables.flatMap(({ name, columns }) =>
    columns
      .filter(isFree)
      .map((column) => ({ place: `${name}.${column.name}`, privacy: privacyOf(name, column.name) })),
  );
  expect(free.filter(({ privacy }) => privacy === null)).toEqual([]);
  const decided = [privateColumns, publicColumns, derivedColumns].flatMap((list) =>
    Object.entries(list).flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`)),
  );
  expect(decided.sort()).toEqual(free.map(({ place }) => place).sort());
});

test("the schema knows every such column that the database has", async () => {
  const found = await portal.database.client.sql`
    select table_name || '.' || column_name as place from information_schema.columns
    where table_schema = 'public' and data_type in ('text', 'jsonb', 'json', 'ARRAY', 'character varying', 'bytea')
      and not exists (select from pg_class where relname = table_name and relispartition)`;
  const tables = [...(await schemaTables()).values()];
  const known = tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`));
  expect(found.map(({ place }) => place).filter((place) => !known.includes(place))).toEqual([]);
});

test("every table has a row, and all that is private in it is marked", async () => {
  const tables = [...(await schemaTables()).keys()];
  const empty: string[] = [];
  for (const table of tables) {
    const { sql } = portal.database.client;
    if ((await sql`select 1 from ${sql(table)} limit 1`).length === 0) empty.push(table);
  }
  expect(empty).toEqual([]);
  // These point at a row of another table, or hold words of a fixed list only.
  const pointing = ["releases.artifact_digest", "services.team"];
  const fixed = ["service_environments.conditions"];
  const expected = Object.entries(privateColumns).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`),
  );
  const unmarked = expected.filter((place) => !marked.marks.has(place));
  expect(unmarked.sort()).toEqual([...fixed, ...pointing].sort());
});

test("the marks are found where one may see them", async () => {
  const response = await portal.ask("/", { headers: { cookie: await portal.cookieOf("stakeholder") } });
  expect(leaksOf(await response.text(), "")).toContain("services.name");
});

test("no answer to somebody without a session holds what is private", async () => {
  const service = marked.rows.get("services");
  const deployment = marked.rows.get("deployments");
  const askings = everyAsking({
    slug: String(service?.slug),
    id: Number(deployment?.id),
    sha: String(deployment?.sha),
    number: Number(marked.rows.get("releases")?.number),
    uuid: String(marked.rows.get("note_pictures")?.id),
  });
  expect(askings.length).toBeGreaterThan(1_000);
  for (const asking of askings) await askAndLook(asking);
});

test("of what is public just these columns are shown", async () => {
  const { sql } = portal.database.client;
  await sql`update services set is_public = true, public_byline = 'team'`;
  await sql`update environments set is_shown = true`;
  await sql`update deployments set started_at = now()`;
  const shas = await sql`update notes set sha = deployments.sha from deployments returning notes.sha`;
  expect(shas.length).toBeGreaterThan(0);
  const shown = new Set<string>();
  const [item] = await sql`select public_id as id from feed_items where deployment_id is not null`;
  const slug = String(marked.rows.get("services")?.slug);
  const environment = String(marked.rows.get("environments")?.slug);
  const paths = [
    "/feed",
    `/feed?environment=${environment}&kind=release`,
    `/feed/${slug}`,
    `/feed/item/${item?.id}`,
    `/api/trpc/feed.public?input=${encodeURIComponent("{}")}`,
    "/api/trpc/feed.places",
    `/api/trpc/feed.live?input=${encodeURIComponent("{}")}`,
    "/feed?text=leak",
    `/api/note-pictures/${marked.rows.get("note_pictures")?.id}`,
  ];
  for (const path of paths) {
    const response = await portal.ask(path);
    expect([path, response.status]).toEqual([path, 200]);
    for (const place of leaksOf(await response.text(), "")) shown.add(place);
  }
  expect([...shown].sort()).toEqual([
    "environments.name",
    "environments.slug",
    "note_pictures.body",
    "notes.link_url",
    "notes.picture_description",
    "notes.text",
    "services.name",
    "services.public_contact",
    "services.slug",
  ]);
});

async function askAndLook({ path, init }: Asking): Promise<void> {
  const response = await portal.ask(path, init);
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const body = isStream ? "" : await response.text();
  const said = `${JSON.stringify([...response.headers])}${body}`;
  const place = `${init.method} ${path}`;
  expect([place, leaksOf(said, `${path}${init.body ?? ""}`)]).toEqual([place, []]);
  // A failure may hide what would leak without it; only next-auth answers 500 to a mere wrong method.
  if (!path.startsWith("/api/auth/")) {
    expect([place, response.status]).toEqual([place, expect.toSatisfy((status: number) => status < 500)]);
  }
}

/** Columns whose mark is in the answer. What the visitor sent may come back: they knew it. */
function leaksOf(said: string, asked: string): string[] {
  return [...marked.marks].flatMap(([place, mark]) =>
    said.includes(mark) && !decodeURIComponent(asked).includes(mark) ? [place] : [],
  );
}
