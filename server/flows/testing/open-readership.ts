import { type AddressObject, type ParsedMail, simpleParser } from "mailparser";
import type postgres from "postgres";
import type { SMTPServerOptions } from "smtp-server";
import type { FeedState } from "#server/domain/feed.ts";
import type { Cadence } from "#server/domain/subscription.ts";
import type { Context } from "#server/kernel/context.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { openSmtp } from "#server/kernel/testing/open-smtp.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { askSubscription } from "#server/services/subscriptions/ask-subscription.ts";
import { confirmSubscription } from "#server/services/subscriptions/confirm-subscription.ts";
import { type Mailing, mailNextSubscriber, sharedNews } from "../mail-next-subscriber.ts";
import { wakeSubscribers } from "../wake-subscribers.ts";

export type Readership = Awaited<ReturnType<typeof openReadership>>;

export const readersKeys = () => [parseSealingKey("b".repeat(64))].filter((key) => key !== null);

/** The test's own, which flows know nothing of. */
interface TestRows {
  database: { ctx: Context; client: { sql: postgres.Sql }; close(): Promise<void> };
  insert(sql: postgres.Sql, slugs: { service: string; environment: string }): Promise<Place>;
}
interface Place {
  serviceEnvironmentId: number;
  releaseId: number;
}

const bo = "bo@example.org";
const one = "a".repeat(40);

/**
 * A database with what is mailed of, a mail server and a clock. `shop` and `cafe` are public in production, `hidden` is
 * nowhere, and nothing is in staging.
 */
export async function openReadership({ database, insert }: TestRows) {
  const { sql } = database.client;
  let smtp = await openSmtp();
  let now = new Date();
  const ctx: Context = { ...database.ctx, now: () => now };

  /** A deployment past the verbs, with its line, at which nobody has looked yet. */
  async function deployUnseen(rows: Place, state: FeedState = "live", kind = "deploy", sha = one) {
    const [row] = await sql`
      insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
        requested_by_name, started_at, switched_at, finished_at)
      values (${rows.serviceEnvironmentId}, ${kind}, 'queued', ${sha}, 'Secret subject', 'Ada', ${rows.releaseId},
        'Ada', now(), ${state === "live" ? sql`now()` : null}, null) returning id::int`;
    await publishDeployment(ctx, row?.id, state);
  }

  async function deploy(...what: Parameters<typeof deployUnseen>): Promise<void> {
    await deployUnseen(...what);
    await wake();
  }

  async function wake(): Promise<void> {
    while (await wakeSubscribers(ctx));
  }

  const mailing = (): Mailing => ({
    ...{ mailer: smtp.mailer, keys: readersKeys, readNews: sharedNews() },
    portalUrl: "https://deploy.example.org",
  });

  /** The newest that this address has asked for. */
  async function rowOf(address = bo): Promise<postgres.Row | undefined> {
    const [row] = await sql`select * from subscriptions where address = ${address} order by id desc limit 1`;
    return row;
  }

  const mails = (): Promise<ParsedMail[]> => Promise.all(smtp.received.map((mail) => simpleParser(mail)));

  return {
    ...(await insertPlaces(sql, insert)),
    ...{ ctx, sql, deploy, deployUnseen, wake, mailing, rowOf, mails },
    received: () => smtp.received,
    subjects: async () => (await mails()).map(({ subject }) => subject),
    toOf: ({ to }: ParsedMail) => (to as AddressObject).text,
    linkIdOf: async (address = bo): Promise<string> => (await rowOf(address))?.link_id,
    now: () => now,
    setNow(moment: Date) {
      now = moment;
    },
    later(seconds: number) {
      now = new Date(now.getTime() + seconds * 1_000);
    },
    /** Whoever's time has come is written to. */
    async round() {
      await wake();
      const shared = mailing();
      while (await mailNextSubscriber(ctx, shared));
    },
    /** Somebody who has confirmed already. */
    async subscribe(address = bo, cadence: Cadence = "each", serviceSlug: string | null = null) {
      await wake();
      await askSubscription(ctx, { address, serviceSlug, cadence });
      await confirmSubscription(ctx, (await rowOf(address))?.link_id);
    },
    /** From now on the mail server is another. */
    async meetServer(options: SMTPServerOptions = {}) {
      await smtp.close();
      smtp = await openSmtp(options);
    },
    async clear() {
      await sql`delete from subscriptions`;
      await sql`delete from deployments`;
      await sql`delete from holds`;
      now = new Date();
      await this.meetServer();
    },
    async close() {
      await smtp.close();
      await database.close();
    },
  };
}

async function insertPlaces(sql: postgres.Sql, insert: TestRows["insert"]) {
  const place = (service: string, environment: string) => insert(sql, { service, environment });
  const places = {
    shop: await place("shop", "production"),
    staging: await place("shop", "staging"),
    cafe: await place("cafe", "production"),
    hidden: await place("hidden", "production"),
  };
  await sql`
    update services set name = initcap(slug), is_public = slug <> 'hidden',
      repository_url = 'https://git.internal/x', public_contact = case slug when 'shop' then 'the help desk' end`;
  await sql`update environments set name = initcap(slug), is_shown = slug = 'production'`;
  return places;
}
