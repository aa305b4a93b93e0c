import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { verifyChain } from "#server/services/audit/verify-chain.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { claim } from "#server/services/deployments/claim.ts";
import { fail } from "#server/services/deployments/fail.ts";
import { finishCancel } from "#server/services/deployments/finish-cancel.ts";
import { markSwitched } from "#server/services/deployments/mark-switched.ts";
import { registerWorker } from "#server/services/deployments/register-worker.ts";
import { request } from "#server/services/deployments/request.ts";
import { succeed } from "#server/services/deployments/succeed.ts";
import { createAdministrator } from "#server/services/identity/create-administrator.ts";
import { ensureTeam } from "#server/services/identity/ensure-team.ts";
import { signOutEverywhere } from "#server/services/identity/sign-out-everywhere.ts";
import { ensureEnvironments } from "#server/services/services/ensure-environments.ts";
import { register } from "#server/services/services/register.ts";
import { requestRemoval } from "#server/services/services/request-removal.ts";
import { updateService } from "#server/services/services/update-service.ts";
import { writeWaitingCommits } from "#server/services/services/write-waiting-commits.ts";
import { forgetRouter } from "#server/services/traffic/forget-router.ts";
import { registerRouter } from "#server/services/traffic/register-router.ts";

let database: TestDatabase;
let ctx: Context;
beforeAll(async () => {
  database = await openTestDatabase();
  await ensureEnvironments(database.ctx);
  const { id } = await createAdministrator(database.ctx, {
    ...{ name: "Ada", email: "ada@example.org", passwordHash: "none" },
  });
  const person = { kind: "user", id, name: "Ada", email: "ada@example.org", role: "admin" } as const;
  ctx = { ...database.ctx, actor: { ...person, address: "192.0.2.7" } };
});
afterAll(() => database.close());

let count = 0;
const fresh = () => `x${(count++).toString(36)}-${randomUUID().slice(0, 8)}`;

function newService(on: Context, slug = fresh()) {
  const columns = { slug, name: slug, team: null, repositoryUrl: "https://example.org/x.git" };
  const rest = { defaultBranch: "main", typedSettings: null, environmentSlugs: null, isTour: false };
  return register(on, { ...columns, ...rest });
}

async function ask(on: Context, serviceEnvironmentId: number): Promise<number> {
  const commit = { sha: "a".repeat(40), subject: "Change", authorName: "Ada", releaseId: null };
  const steps = [{ name: "checkout" as const, skip: null }];
  const { id } = await request(on, { serviceEnvironmentId, kind: "deploy", ...commit, reasons: [], steps });
  return id;
}

const entries = async () => (await verifyChain(database.ctx)).entries;

/** What each does to services that all of them share; one entry where it resolves, none where it is refused. */
const actions = {
  register: (on: Context) => newService(on),
  registerTwice: (on: Context, { slug }: Shared) => newService(on, slug),
  update: (on: Context, { slug }: Shared) => updateService(on, slug, { name: fresh() }),
  updateNothing: (on: Context) => updateService(on, "nothing-of-this-name", { name: "x" }),
  request: (on: Context, { environmentId }: Shared) => ask(on, environmentId),
  cancel: (on: Context, { deploymentId }: Shared) => cancel(on, { deploymentId }),
  team: (on: Context) => ensureTeam(on, fresh()),
  signOut: (on: Context) => signOutEverywhere(on, { userId: on.actor.kind === "user" ? on.actor.id : 0 }),
  member: (on: Context) =>
    createAdministrator(on, { name: "Eve", email: `${fresh()}@example.org`, passwordHash: "none" }),
};
type Shared = { slug: string; environmentId: number; deploymentId: number };

async function share(): Promise<Shared> {
  const { slug, serviceEnvironmentIds } = await newService(ctx);
  const [environmentId = 0] = serviceEnvironmentIds;
  return { slug, environmentId, deploymentId: await ask(ctx, environmentId) };
}

const step = fc.record({
  name: fc.constantFrom(...(Object.keys(actions) as (keyof typeof actions)[])),
  which: fc.nat(1),
  isUndone: fc.boolean(),
});

test("whatever people do at once, each change leaves one entry, and what is refused or undone leaves none", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const shared = [await share(), await share()] as const;
      const before = await entries();
      const outcomes = await Promise.allSettled(
        steps.map(({ name, which, isUndone }) =>
          inTransaction(ctx, async (tx) => {
            await actions[name](tx, which === 0 ? shared[0] : shared[1]);
            if (isUndone) throw new Error("undone");
          }),
        ),
      );
      const { entries: after, problem } = await verifyChain(database.ctx);
      expect(problem).toBeNull();
      expect(after - before).toBe(outcomes.filter((one) => one.status === "fulfilled").length);
    }),
    { numRuns: 25 },
  );
});

/** How many entries `work` leaves, and what they say. */
async function recorded(work: () => Promise<unknown>): Promise<string[]> {
  const before = await entries();
  await work();
  const rows = await database.client.sql`
    select action from audit_entries where sequence > ${before} order by sequence`;
  return rows.map((row) => String(row.action));
}

test("who and from where come from the actor", async () => {
  await updateService(ctx, (await newService(ctx)).slug, { name: "Other" });
  const [entry] = await database.client.sql`
    select actor_kind, actor_name, actor_address, before, after from audit_entries order by id desc limit 1`;
  expect(entry).toMatchObject({ actor_kind: "user", actor_name: "Ada", actor_address: "192.0.2.7" });
  expect(entry?.after).toEqual({ name: "Other" });
  expect(Object.keys(entry?.before)).toEqual(["name"]);
});

test("what changes nothing is not recorded", async () => {
  const { slug, serviceEnvironmentIds } = await newService(ctx);
  expect(await recorded(() => updateService(ctx, slug, { name: slug, team: null }))).toEqual([]);
  expect(await recorded(() => requestRemoval(ctx, slug))).toEqual(["services/request-removal"]);
  expect(await recorded(() => requestRemoval(ctx, slug))).toEqual([]);
  expect(await recorded(() => ensureEnvironments(ctx))).toEqual([]);
  expect(await recorded(() => ensureTeam(ctx, slug))).toEqual(["identity/create-team"]);
  expect(await recorded(() => ensureTeam(ctx, slug))).toEqual([]);
  const [serviceEnvironmentId = 0] = serviceEnvironmentIds;
  const counted = { serviceEnvironmentId, commits: 3, since: null, lines: null, liveSha: "a", headSha: "b" };
  expect(await recorded(() => writeWaitingCommits(ctx, counted))).toEqual([]);
});

test("forgetting a router is recorded, its coming is not", async () => {
  const router = { routerId: randomUUID(), host: "localhost", port: 1, pid: 1 };
  expect(await recorded(() => registerRouter(ctx, router))).toEqual([]);
  await database.client.sql`update routers set heartbeat_at = now() - interval '1 hour'`;
  expect(await recorded(() => forgetRouter(ctx, router))).toEqual(["traffic/forget-router"]);
  expect(await recorded(() => forgetRouter(ctx, router))).toEqual([]);
});

test("a deployment's end is one entry, its claim and steps are none", async () => {
  await database.client
    .sql`update deployments set status = 'cancelled', finished_at = now() where finished_at is null`;
  const { id: workerId } = await registerWorker(ctx, { name: "w", host: "h", pid: 1, capacity: 9 });
  const { serviceEnvironmentIds } = await newService(ctx);
  const [environmentId = 0] = serviceEnvironmentIds;
  const take = async () => {
    await ask(ctx, environmentId);
    const before = await entries();
    const lease = await claim(ctx, { workerId });
    expect(await entries()).toBe(before);
    if (lease === null) throw new Error("nothing was claimed");
    return lease;
  };
  const failing = await take();
  expect(await recorded(() => fail(ctx, failing, { step: "build", reason: "no" }))).toEqual([
    "deployments/fail",
  ]);
  const cancelled = await take();
  await cancel(ctx, { deploymentId: cancelled.deploymentId });
  expect(await recorded(() => finishCancel(ctx, cancelled))).toEqual(["deployments/finish-cancel"]);
  const good = await take();
  await markSwitched(ctx, good);
  expect(await recorded(() => succeed(ctx, good))).toEqual(["deployments/succeed"]);
});
