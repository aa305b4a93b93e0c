import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type postgres from "postgres";
import { planSteps } from "#server/domain/plan.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { createRepository } from "#server/processes/deploy-worker/testing/sample-repository.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { request } from "#server/services/deployments/request.ts";
import { ensureEnvironments } from "#server/services/services/ensure-environments.ts";
import { register } from "#server/services/services/register.ts";
import { openPools } from "#server/services/targets/open-pools.ts";
import { openPointer } from "#server/services/traffic/open-pointer.ts";
import type { Naming, Span } from "./oracles.ts";
import { type Random, randomFrom } from "./random.ts";
import { sampleFiles } from "./sample.ts";
import type { Victim, World } from "./world.ts";

export interface Outcome {
  round: number;
  /** What was done to it, in words. */
  what: string;
  end: "succeeded" | "failed" | "cancelled" | "stuck" | "lost";
  reason: string | null;
  /** From the blow until another attempt had it or it was over; null where whoever had it went on. */
  recoveryMs: number | null;
}

export interface Rounds {
  outcomes: Outcome[];
  struck: (Span & { name: string })[];
  namings: Naming[];
  deployFirst(): Promise<void>;
  play(round: number): Promise<void>;
  /** Reads what the trigger noted. */
  readNamings(): Promise<void>;
}

interface Row {
  status: Outcome["end"] | "queued" | "running";
  attempt: number;
  isHeld: boolean;
  holder: string | null;
  reason: string | null;
}

/** A deployment takes about three seconds, so a blow may fall before, in and after each of its steps. */
const latestBlowMs = 4_000;
const stuckAfterMs = 60_000;
/** Long enough that a lease of ten seconds ends, or short enough that it does not. */
const downMs = (random: Random) =>
  random.chance(0.4) ? random.between(11_000, 14_000) : random.between(0, 3_000);
/** A database that is away is away for all: shorter, so that recovering is measured and not waiting for it. */
const databaseDownMs = (random: Random) => random.between(0, 1_500);

export async function openRounds(options: {
  world: World;
  ctx: Context;
  sql: postgres.Sql;
  marksFile: string;
  seed: number;
}): Promise<Rounds> {
  const { world, ctx, sql, marksFile } = options;
  const random = randomFrom(options.seed);
  const service = await addService(ctx, join(world.dataFolder, "repositories", "chaos"));
  await noteNamings(sql);
  const rounds = new Map<string, number>();
  const outcomes: Outcome[] = [];
  const struck: Rounds["struck"] = [];
  const namings: Naming[] = [];

  async function ask(round: number): Promise<number> {
    const commit = await service.repository.commit(sampleFiles(marksFile, round), `Round ${round}`);
    rounds.set(commit.sha, round);
    const steps = planSteps({ kind: "deploy", release: null, poolIsWarm: false, settings: null });
    const { id } = await request(ctx, {
      serviceEnvironmentId: service.staging,
      kind: "deploy",
      ...commit,
      authorName: "Ada",
      releaseId: null,
      reasons: [],
      steps,
    });
    return id;
  }

  async function strike(victim: Victim, how: "kill" | "stop", forMs: number): Promise<void> {
    const from = Date.now();
    if (how === "kill") await victim.kill();
    else victim.stop();
    await delay(forMs);
    if (how === "kill") await victim.restart();
    else victim.wake();
    struck.push({ name: victim.name, from, to: Date.now() + 300 });
  }

  return {
    outcomes,
    struck,
    namings,
    async deployFirst() {
      const row = await overOf(sql, await ask(0));
      if (row?.status !== "succeeded")
        throw new Error(`The first deployment: ${row?.status}, ${row?.reason}`);
    },
    async play(round) {
      const id = await ask(round);
      await delay(random.between(0, latestBlowMs));
      const before = await readRow(sql, id);
      const blows = chooseBlows(world, random);
      const at = Date.now();
      const recovered = watchRecovery(sql, id, before?.attempt ?? 0, at);
      const all = Promise.all(blows.map(({ victim, how, forMs }) => strike(victim, how, forMs)));
      const isCancelled = random.chance(0.15);
      if (isCancelled) await cancelAtLast(ctx, id);
      const row = await overOf(sql, id);
      await all;
      const words = blows.map(({ victim, how, forMs }) => `${how} ${victim.name} for ${forMs} ms`);
      const what = `${words.join(", ")}${isCancelled ? ", cancel" : ""}`;
      const isStruck = blows.some(({ victim }) => victim.name === before?.holder);
      const recoveryMs = isStruck ? await recovered : null;
      const isLive = row?.status !== "succeeded" || (await liveRound(sql, rounds)) === round;
      const end = row === null ? "lost" : isLive ? (row.status as Outcome["end"]) : "lost";
      outcomes.push({ round, what, end, reason: row?.reason ?? null, recoveryMs });
      const recovery = recoveryMs === null ? "" : `, recovered in ${recoveryMs} ms`;
      console.log(`round ${round}: ${what}: ${end}${row?.reason ? ` (${row.reason})` : ""}${recovery}`);
    },
    async readNamings() {
      for (const { sha, at } of await sql<{ sha: string; at: number }[]>`
        select sha, extract(epoch from at)::float8 * 1000 as at from chaos_namings order by id`) {
        const round = rounds.get(sha);
        if (round !== undefined) namings.push({ round, from: at });
      }
    },
  };
}

async function addService(ctx: Context, folder: string) {
  await ensureEnvironments(ctx);
  const repository = await createRepository(folder);
  const { serviceEnvironmentIds } = await register(ctx, {
    slug: "chaos",
    name: "Chaos",
    team: null,
    repositoryUrl: folder,
    defaultBranch: "main",
    typedSettings: null,
    environmentSlugs: null,
    isTour: false,
  });
  for (const serviceEnvironmentId of serviceEnvironmentIds) {
    await openPointer(ctx, { serviceEnvironmentId });
    await openPools(ctx, { serviceEnvironmentId });
  }
  return { repository, staging: serviceEnvironmentIds[0] ?? 0 };
}

/** A trigger of the bench's own notes each release that the pointer names, as it is named. */
async function noteNamings(sql: postgres.Sql): Promise<void> {
  await sql`create table chaos_namings (
    id bigint primary key generated always as identity, sha text, at timestamptz default clock_timestamp())`;
  await sql.unsafe(`
    create function chaos_note() returns trigger language plpgsql as $$ begin
      insert into chaos_namings (sha)
      select r.sha from pools p join releases r on r.id = p.release_id
      where p.service_environment_id = new.service_environment_id and p.color = new.live_pool;
      return null;
    end $$;
    create trigger chaos_note after update of live_pool on pointers for each row execute function chaos_note()`);
}

interface Blow {
  victim: Victim;
  how: "kill" | "stop";
  forMs: number;
}

/** Workers most, since they hold deployments; sometimes several at once. */
function chooseBlows(world: World, random: Random): Blow[] {
  const { workers, router, web, monitor, postgres } = world;
  const candidates = [...workers, ...workers, router, web, monitor, postgres];
  const count = random.chance(0.3) ? random.between(2, 3) : 1;
  const chosen = new Set<Victim>();
  while (chosen.size < count) chosen.add(random.oneOf(candidates));
  return [...chosen].map((victim) => {
    const how = random.oneOf(["kill", "stop"] as const);
    return { victim, how, forMs: victim === postgres ? databaseDownMs(random) : downMs(random) };
  });
}

/** The database may be away: asked again until it answers. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + stuckAfterMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline || error instanceof ConflictError) throw error;
      await delay(100);
    }
  }
}

async function readRow(sql: postgres.Sql, id: number): Promise<Row | null> {
  const [row] = await patiently(
    () => sql<Row[]>`
      select d.status, lease_number as attempt, lease_worker_id is not null as "isHeld", w.name as holder,
        failure_reason as reason
      from deployments d left join workers w on w.id = d.lease_worker_id where d.id = ${id}`,
  );
  return row ?? null;
}

/** Its row when it is over and nobody holds it any more; `stuck` when that takes too long, null when it is gone. */
async function overOf(sql: postgres.Sql, id: number): Promise<Row | null> {
  const deadline = Date.now() + stuckAfterMs;
  for (;;) {
    const row = await readRow(sql, id);
    if (row === null || (!["queued", "running"].includes(row.status) && !row.isHeld)) return row;
    if (Date.now() > deadline) return { ...row, status: "stuck" };
    await delay(50);
  }
}

/** Milliseconds until another attempt has it or it is over; null where whoever had it went on to its end. */
async function watchRecovery(
  sql: postgres.Sql,
  id: number,
  attempt: number,
  from: number,
): Promise<number | null> {
  for (;;) {
    const row = await readRow(sql, id);
    if (row === null || Date.now() - from > stuckAfterMs) return null;
    if (row.attempt > attempt) return Date.now() - from;
    if (!["queued", "running"].includes(row.status) && !row.isHeld) return Date.now() - from;
    await delay(50);
  }
}

async function cancelAtLast(ctx: Context, deploymentId: number): Promise<void> {
  await patiently(() => cancel(ctx, { deploymentId })).catch((error: unknown) => {
    // It had switched already, or was over.
    if (!(error instanceof ConflictError)) throw error;
  });
}

async function liveRound(sql: postgres.Sql, rounds: Map<string, number>): Promise<number | undefined> {
  const [row] = await patiently(() => sql`select sha from chaos_namings order by id desc limit 1`);
  return rounds.get(String(row?.sha));
}
