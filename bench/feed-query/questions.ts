import type postgres from "postgres";
import { historySlugs } from "../history/history-statements.ts";

/** What is asked of the feed, and how. */
export interface Question {
  name: string;
  /** One of its askings: those of a deep page begin after another line each. */
  path(round: number): string;
  /** What the answer must say, so that a page of errors is no fast page. */
  expects: RegExp;
  isInternal?: boolean;
  /** Drawn as HTML, which takes longer than finding what is on it, and is the same work at any size. */
  isDrawn?: boolean;
}

const { busyService, unshownService, formerService, calledOffService } = historySlugs;
const begins = 50;

/** The API's pages are of 30 lines, files of 50. */
export async function questionsOf(sql: postgres.Sql): Promise<Question[]> {
  const middle = await linesBefore(sql, "2 years");
  const end = await oldestLines(sql);
  const noted = await linesWithNote(sql);
  const calledOff = await calledOffLines(sql);
  const hasLines = /"publicId"|"id":"[0-9a-f-]{36}"|\/feed\/item\//;
  const isEmpty = /"items":\[\]/;
  const feed = (
    name: string,
    input: Record<string, string>,
    deep?: string[],
    expects = hasLines,
  ): Question => ({
    name,
    path: (round) =>
      procedure("feed.public", { ...input, ...(deep && { before: deep[round % deep.length] }) }),
    expects,
  });
  const internal = (name: string, input: Record<string, string>, deep?: string[]): Question => ({
    name: `internal: ${name}`,
    path: (round) =>
      procedure("feed.internal", { ...input, ...(deep && { cursor: deep[round % deep.length] }) }),
    expects: hasLines,
    isInternal: true,
  });
  const at = (name: string, path: string): Question => ({ name, path: () => path, expects: hasLines });
  const drawn = (name: string, path: string, deep?: string[]): Question => ({
    name: `drawn: ${name}`,
    path: (round) => `${path}${deep?.[round % deep.length] ?? ""}`,
    expects: hasLines,
    isDrawn: true,
  });
  return [
    feed("first page", {}),
    feed("deep page, middle", {}, middle),
    feed("deep page, near the end", {}, end),
    feed("service", { serviceSlug: busyService }),
    feed("service, deep", { serviceSlug: busyService }, middle),
    feed("environment, deep", { environmentSlug: "production" }, middle),
    feed("kind", { kind: "switch-back" }),
    feed("kind, deep", { kind: "hold" }, middle, /"items":\[/),
    feed("text in some notes", { text: "handbook" }),
    feed("text in many notes", { text: "the" }),
    feed("text in many notes, deep", { text: "thank you" }, noted),
    feed("text in no note", { text: "no such words" }, undefined, isEmpty),
    feed("service that is not shown", { serviceSlug: unshownService }, undefined, isEmpty),
    feed("service without news", { serviceSlug: formerService }),
    feed("service that calls off", { serviceSlug: calledOffService }),
    feed("service that calls off, deep", { serviceSlug: calledOffService, kind: "release" }, calledOff),
    internal("first page", {}),
    internal("deep page, middle", {}, middle),
    internal("deep page, near the end", {}, end),
    internal("environment and kind", { environmentSlug: "staging", kind: "maintenance" }),
    internal("text in many notes", { text: "the" }),
    at("JSON feed", "/api/feed.json"),
    at("JSON feed of a service", `/api/feed.json?service=${busyService}`),
    at("JSON feed of a kind", "/api/feed.json?kind=switch-back"),
    drawn("page", "/feed"),
    drawn("page, deep", "/feed?before=", middle),
    drawn("page of a service", `/feed/${busyService}`),
  ];
}

function procedure(name: string, input: Record<string, string | undefined>): string {
  return `/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`;
}

const publicLines = (sql: postgres.Sql) => sql`
  feed_items join service_environments on service_environments.id = service_environment_id
    join services on services.id = service_id join environments on environments.id = service_environments.environment_id
  where is_public and is_shown and state in ('live', 'failed')`;

async function linesBefore(sql: postgres.Sql, age: string): Promise<string[]> {
  return idsOf(sql`
    select public_id as id from ${publicLines(sql)} and happened_at < now() - ${age}::interval
    order by happened_at desc limit ${begins}`);
}

/** There is at least a page after each of them. */
async function oldestLines(sql: postgres.Sql): Promise<string[]> {
  return idsOf(
    sql`select public_id as id from ${publicLines(sql)} order by happened_at limit ${begins} offset 40`,
  );
}

/** Half way through as many of the newest notes as are searched for a page, where there are so many. */
async function linesWithNote(sql: postgres.Sql): Promise<string[]> {
  return idsOf(sql`
    select feed_items.public_id as id from (select * from notes order by id desc limit 5000) as newest
      join service_environments on service_environments.service_id = newest.service_id
      join deployments on deployments.service_environment_id = service_environments.id and deployments.sha = newest.sha
      join feed_items on deployment_id = deployments.id
    order by newest.id limit ${begins} offset 200`);
}

async function calledOffLines(sql: postgres.Sql): Promise<string[]> {
  return idsOf(sql`
    select public_id as id from feed_items join service_environments on service_environments.id = service_environment_id
      join services on services.id = service_id
    where slug = ${calledOffService} and state = 'cancelled' order by happened_at desc limit ${begins}`);
}

async function idsOf(query: postgres.PendingQuery<postgres.Row[]>): Promise<string[]> {
  return (await query).map(({ id }) => id);
}
