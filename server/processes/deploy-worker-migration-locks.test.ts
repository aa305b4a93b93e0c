import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { usualKeptDays } from "#server/domain/count-steps.ts";
import { planDeployment } from "#server/flows/plan-deployment.ts";
import { readDeploymentPage } from "#server/flows/read-deployment-page.ts";
import { requestDeployment } from "#server/flows/request-deployment.ts";
import { saveFirstConfiguration } from "#server/flows/save-first-configuration.ts";
import { findMarked } from "#server/kernel/process-identity.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { canIsolateServices } from "#server/kernel/service-accounts.ts";
import { ownerMarks } from "#server/services/targets/marks.ts";
import { openMigrationLab } from "./deploy-worker/testing/migration-lab.ts";
import { type LabService, until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { isOver } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** Migrations in real databases, watched by a real worker while others wait behind them. */
const { database, lab, state } = await openTestLab();
const key = "c".repeat(64);
await lab.startWorker("one", { ANYTIME_KEY: key });
const shop = await openMigrationLab(lab.openFolder);

const installation = {
  mirrorsFolder: join(lab.dataFolder, "mirrors"),
  repositoriesFolder: join(lab.dataFolder, "repositories"),
  allowedLocalFolders: [lab.dataFolder],
  ...{ routerPort: 4780, telemetryUrl: "http://localhost:4700", isDatabaseEmbedded: true, keepLogsDays: 90 },
  keepCountsDays: usualKeptDays,
  sealingKeys: () => [parseSealingKey(key)].filter((parsed) => parsed !== null),
};

async function begin(slug: string, migrate: string, env: Record<string, string>, secrets = {}) {
  const service = await lab.addService(slug);
  const more = `migrate: ${migrate}\nenv: ${JSON.stringify(env)}`;
  const settings = sampleSettings({ instances: 1, more });
  await service.repository.commit(sampleFiles({ settings }), "First");
  const place = { slug, environmentSlug: "staging" };
  if (Object.keys(secrets).length > 0)
    await saveFirstConfiguration(database.ctx, { ...place, change: { secrets } }, installation);
  const wish = { serviceSlug: slug, environmentSlug: "staging", kind: "deploy" } as const;
  return { service, id: (await requestDeployment(database.ctx, wish, installation)).id };
}

const migrates = (run: string, more = "") => `{run: ${JSON.stringify(run)}${more}}`;

async function succeeded(id: number) {
  const over = await until(() => state.deployment(id), isOver);
  expect(over).toMatchObject({ status: "succeeded", reason: null });
  const page = await readDeploymentPage(database.ctx, id, installation);
  const step = page.steps.find(({ name }) => name === "migrate");
  return { locks: page.locks, detail: step?.detail, durationMs: step?.durationMs, log: await state.log(id) };
}

function watchers() {
  return findMarked(ownerMarks(lab.dataFolder, "one")).filter(({ pid }) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("lock-watcher.ts"),
  );
}

test("what a migration locks is recorded with how long, and with who waits behind it", async () => {
  const open = await shop.shutGate();
  const command = shop.command("lock table orders");
  const { service, id } = await begin("locking", migrates(command), { DATABASE_URL: shop.url });
  await shop.atGate();
  const others = await Promise.all([1, 2].map(() => shop.beside("select * from orders")));
  await shop.waiting(2);
  await shop.lookedAt();
  await shop.passed(600);
  await shop.lookedAt();
  await open();
  await Promise.all(others.map(({ done }) => done));
  const { locks, detail, log, durationMs } = await succeeded(id);
  await Promise.all(others.map((other) => other.end()));
  expect(locks).toEqual([
    {
      ...{ relation: "public.orders", mode: "ACCESS EXCLUSIVE" },
      ...{ heldMs: expect.any(Number), waitedMs: 0, sessionsBehind: 2 },
    },
  ]);
  expect(locks?.[0]?.heldMs).toBeGreaterThanOrEqual(600);
  expect(locks?.[0]?.heldMs).toBeLessThanOrEqual(durationMs ?? 0);
  expect(detail).toMatch(/; held ACCESS EXCLUSIVE on public\.orders for \d.* while 2 sessions waited$/);
  expect(log).toMatch(/ACCESS EXCLUSIVE on public\.orders: held for .*, 2 sessions waited behind it at once/);
  const told = `In Staging its migration ${detail?.slice(command.length + 2)}.`;
  expect(await promotionReasons(service)).toContain(told);
});

async function promotionReasons(service: LabService): Promise<string[]> {
  const wish = { serviceSlug: service.slug, environmentSlug: "production", kind: "promote" } as const;
  return (await planDeployment(database.ctx, wish, installation)).reasons.map(({ text }) => text);
}

test("a migration that waits for its lock is told apart from one that has it", async () => {
  const reader = await shop.beside("select * from orders");
  await reader.done;
  const open = await shop.shutGate();
  const { id } = await begin("waiting", migrates(shop.command("lock table orders")), {
    DATABASE_URL: shop.url,
  });
  await shop.waiting(1);
  const behind = await shop.beside("insert into orders values (1)");
  await shop.waiting(2);
  await shop.lookedAt();
  await reader.end();
  await shop.atGate();
  await open();
  const { locks } = await succeeded(id);
  await behind.end();
  expect(locks).toMatchObject([{ mode: "ACCESS EXCLUSIVE", sessionsBehind: 1 }]);
  expect(locks?.[0]?.waitedMs).toBeGreaterThanOrEqual(100);
});

test("one that only writes rows holds nothing that others feel, and that is recorded, too", async () => {
  const open = await shop.shutGate();
  const command = shop.command("create table fresh (); insert into orders values (2)");
  const { service, id } = await begin("writing", migrates(command), { DATABASE_URL: shop.url });
  await shop.atGate();
  await shop.lookedAt();
  await open();
  expect(await succeeded(id)).toMatchObject({ locks: [], detail: command });
  expect((await promotionReasons(service)).join()).not.toContain("In Staging");
});

test("the address may be a secret of another name; what is secret is hidden in names, too", async () => {
  await shop.sql`create table "hunter2-hunter2" ()`;
  const open = await shop.shutGate();
  const command = shop.command('lock table \\"hunter2-hunter2\\" in share mode', "SHOP_DB");
  const { id } = await begin(
    "secretive",
    migrates(command, ", database: SHOP_DB"),
    {},
    {
      SHOP_DB: shop.url,
      WORD: "hunter2-hunter2",
    },
  );
  await shop.atGate();
  await shop.lookedAt();
  await open();
  const { locks, log } = await succeeded(id);
  expect(locks).toMatchObject([{ relation: 'public."***"', mode: "SHARE" }]);
  expect(log).toContain('SHARE on public."***": held for');
});

test.skipIf(!canIsolateServices())(
  "what watches runs as the service, with nothing of the portal's",
  async () => {
    const open = await shop.shutGate();
    const { id } = await begin("isolated", migrates(shop.command("lock table orders")), {
      DATABASE_URL: shop.url,
    });
    await shop.atGate();
    await shop.lookedAt();
    const uids = await database.client.sql`select 20000 + id as uid from services where slug = 'isolated'`;
    const uid = Number(uids[0]?.uid);
    const [watcher] = watchers();
    const status = readFileSync(`/proc/${watcher?.pid}/status`, "utf8");
    expect(status).toMatch(new RegExp(`^Uid:\\s${Array(4).fill(uid).join("\\s")}$`, "m"));
    expect(status).toMatch(new RegExp(`^Gid:\\s${Array(4).fill(uid).join("\\s")}$`, "m"));
    expect(status).toMatch(/^Groups:\s*$/m);
    expect(status).toMatch(/^CapPrm:\s0{16}$/m);
    expect(status).toMatch(/^NoNewPrivs:\s1$/m);
    for (const file of ["cmdline", "environ"]) {
      const shown = readFileSync(`/proc/${watcher?.pid}/${file}`, "utf8");
      for (const secret of [shop.url, key, database.url]) expect(shown).not.toContain(secret);
    }
    await open();
    expect((await succeeded(id)).locks).toHaveLength(1);
    expect(() => readFileSync(`/proc/${watcher?.pid}/status`)).toThrow("ENOENT");
  },
);

/** Listens where a database should; the file is there once the migration may end. */
async function openServer(slug: string, answer: (socket: Socket, connections: number) => boolean) {
  const file = join(lab.openFolder, slug);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => {
      if (answer(socket, sockets.length)) writeFileSync(file, "");
    });
  }).listen(0, "127.0.0.1");
  afterAll(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    sockets,
    url: `postgres://shop@127.0.0.1:${port}/shop`,
    command: `until test -e ${file}; do sleep 0.02; done`,
  };
}

test("a server that never answers holds nothing up, and is left when the step ends", async () => {
  const silent = await openServer("silent", () => true);
  const { id } = await begin("silent", migrates(silent.command), { DATABASE_URL: silent.url });
  const { locks, log, durationMs } = await succeeded(id);
  expect(locks).toBeNull();
  expect(log).toContain(
    "The locks it takes are not recorded: the database of `DATABASE_URL` did not answer.",
  );
  // The driver itself would wait for ten seconds.
  expect(durationMs).toBeLessThan(9_000);
  expect(silent.sockets).toHaveLength(1);
  expect(watchers()).toEqual([]);
});

test("one that refuses is named with its code, and nothing that it says", async () => {
  const fields = "SFATAL\0C28P01\0M\u001B[31mlies\0\0";
  const refusal = Buffer.concat([
    Buffer.from("E\0\0\0"),
    Buffer.from([fields.length + 4]),
    Buffer.from(fields),
  ]);
  const refusing = await openServer("refusing", (socket, connections) => {
    socket.end(refusal);
    // It tries again only after it has told of the first.
    return connections > 1;
  });
  const { id } = await begin("refusing", migrates(refusing.command), { DATABASE_URL: refusing.url });
  const { locks, log } = await succeeded(id);
  expect(locks).toBeNull();
  expect(log).toContain(
    "The locks it takes are not recorded: the database of `DATABASE_URL` could not be asked (28P01).",
  );
  expect(log).not.toContain("lies");
});

test("without an address of PostgreSQL the migration runs as ever, and the log says so", async () => {
  const unset = await begin("unset", migrates('test -z "$PGAPPNAME"'), {});
  expect(await succeeded(unset.id)).toMatchObject({
    locks: null,
    detail: 'test -z "$PGAPPNAME"',
    log: expect.stringContaining("not recorded: no variable `DATABASE_URL` is set."),
  });
  const other = await begin("other", migrates("true"), { DATABASE_URL: "mysql://db/shop" });
  expect((await succeeded(other.id)).log).toContain("`DATABASE_URL` holds no PostgreSQL address.");
});

test("the locks of a migration that fails are recorded as well", async () => {
  const open = await shop.shutGate();
  const command = `${shop.command("lock table orders")} && exit 3`;
  const { id } = await begin("failing", migrates(command), { DATABASE_URL: shop.url });
  await shop.atGate();
  await shop.lookedAt();
  await open();
  expect(await until(() => state.deployment(id), isOver)).toMatchObject({ status: "failed" });
  const { locks } = await readDeploymentPage(database.ctx, id, installation);
  expect(locks).toMatchObject([{ relation: "public.orders", mode: "ACCESS EXCLUSIVE" }]);
});
