import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ConfigurationChange } from "#server/domain/configuration.ts";
import { usualKeptDays } from "#server/domain/count-steps.ts";
import type { DeploymentKind } from "#server/domain/deployment.ts";
import { planDeployment } from "#server/flows/plan-deployment.ts";
import { requestDeployment } from "#server/flows/request-deployment.ts";
import { saveFirstConfiguration } from "#server/flows/save-first-configuration.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { revokeSecret } from "#server/services/services/revoke-secret.ts";
import { readOutput } from "#server/services/targets/read-output.ts";
import { watchOutput } from "#server/services/targets/watch-output.ts";
import { type LabService, until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { isOver } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** Secrets with real instances: who gets them, who does not, and what is seen of them. */
const { database, lab, state } = await openTestLab();
const key = "c".repeat(64);
const keys = () => [parseSealingKey(key)].filter((parsed) => parsed !== null);
let worker = await lab.startWorker("one", { ANYTIME_KEY: key });

/** Prints what it is given in several forms and in pieces, and answers with its hash. */
const server = `const http = require("node:http");
const { createHash } = require("node:crypto");
const secret = process.env.API_KEY ?? "";
const half = Math.floor(secret.length / 2);
process.stdout.write("tells with " + process.env.OTEL_EXPORTER_OTLP_HEADERS + "\\n");
process.stdout.write("whole " + secret + "\\nin pieces " + secret.slice(0, half));
setTimeout(() => {
  process.stdout.write(secret.slice(half) + "\\nbase64 " + Buffer.from(secret).toString("base64") + "\\n");
  process.stdout.write("url " + encodeURIComponent(secret) + "\\nprinted all\\n");
}, 10);
http.createServer((request, response) => {
  const hash = createHash("sha256").update(secret).digest("hex").slice(0, 8);
  response.end(request.url === "/healthz" ? "ok" : process.env.ANYTIME_RELEASE + " " + hash);
}).listen(Number(process.env.PORT), process.env.HOST);
`;
const settings = sampleSettings({
  instances: 1,
  test: 'test -z "$API_KEY" && echo tested without it',
  more: `migrate: {run: 'echo "migrates with $API_KEY" && printf %s "$API_KEY" | base64 -w0 && echo'}`,
});

const installation = () => ({
  mirrorsFolder: join(lab.dataFolder, "mirrors"),
  repositoriesFolder: join(lab.dataFolder, "repositories"),
  allowedLocalFolders: [lab.dataFolder],
  ...{
    routerPort: 4780,
    telemetryUrl: "http://localhost:4700",
    isDatabaseEmbedded: true,
    keepLogsDays: 90,
    sealingKeys: keys,
  },
  keepCountsDays: usualKeptDays,
});
const place = (service: LabService) => ({ serviceSlug: service.slug, environmentSlug: "staging" });

async function ask(service: LabService, kind: DeploymentKind, change?: ConfigurationChange): Promise<number> {
  return (await requestDeployment(database.ctx, { ...place(service), kind, change }, installation())).id;
}

async function over(id: number) {
  return until(() => state.deployment(id), isOver);
}

async function done(id: number): Promise<number> {
  expect(await over(id)).toMatchObject({ status: "succeeded", reason: null });
  return id;
}

const values = {
  one: "first/key+of=the shop",
  two: "second key, longer & other",
  three: "third-key-0123456789",
};
const hashOf = (value: string) => createHash("sha256").update(value).digest("hex").slice(0, 8);
const hashes = { one: hashOf(values.one), two: hashOf(values.two), three: hashOf(values.three) };

async function open(slug: string): Promise<LabService> {
  const service = await lab.addService(slug);
  await service.repository.commit(sampleFiles({ settings, server }), "First");
  const first = { slug, environmentSlug: "staging", change: { secrets: { API_KEY: values.one } } };
  await saveFirstConfiguration(database.ctx, first, installation());
  await done(await ask(service, "deploy"));
  return service;
}

async function answers(service: LabService): Promise<string[]> {
  const live = await state.liveInstances(service.staging);
  return Promise.all(live.map(async ({ port }) => (await fetch(`http://127.0.0.1:${port}/`)).text()));
}

async function secretIds(service: LabService): Promise<number[]> {
  const rows = await database.client.sql<{ id: number }[]>`
    select id::int from secrets where service_environment_id = ${service.staging} order by id`;
  return rows.map(({ id }) => id);
}

const revoke = (service: LabService, secretId: number) =>
  revokeSecret(database.ctx, { slug: service.slug, environmentSlug: "staging", secretId });

test("a secret reaches the migration and the instances, not the build, and is seen in neither's output", async () => {
  const service = await open("shop");
  expect(await answers(service)).toEqual([`1 ${hashes.one}`]);
  const [row] = await database.client.sql`select max(id)::int as id from deployments`;
  const log = await state.log(row?.id);
  expect(log).toContain("tested without it");
  expect(log).toContain("migrates with ***");
  for (const form of [values.one, Buffer.from(values.one).toString("base64").slice(0, 20)]) {
    expect(log).not.toContain(form);
  }
  const [instance] = await state.liveInstances(service.staging);
  await watchOutput(database.ctx, { instanceId: instance?.id ?? 0 });
  const { lines } = await until(
    () => readOutput(database.ctx, { instanceId: instance?.id ?? 0, afterLine: 0, limit: 100 }),
    (page) => page.lines.some(({ text }) => text.includes("printed all")),
  );
  const printed = lines.map(({ text }) => text);
  expect(printed).toEqual(
    expect.arrayContaining([
      "tells with x-anytime-key=***",
      "whole ***",
      "in pieces ***",
      expect.stringMatching(/^base64 \*\*\*/),
      "url ***",
    ]),
  );
  const stored = await database.client.sql`select sealed_value as sealed from secrets`;
  expect(JSON.stringify(stored)).not.toContain(values.one);
  const commandLine = await readFile(`/proc/${instance?.pid}/cmdline`, "utf8");
  expect(commandLine).not.toContain(values.one);
});

test("an instance that crashes starts with its own secret again, also after another life of its worker", async () => {
  const service = await open("crashing");
  await done(await ask(service, "configure", { secrets: { API_KEY: values.two } }));
  expect(await answers(service)).toEqual([`1 ${hashes.two}`]);
  const [instance] = await state.liveInstances(service.staging);
  await worker.kill("SIGKILL");
  process.kill(instance?.pid ?? 0, "SIGKILL");
  worker = await lab.startWorker("one", { ANYTIME_KEY: key });
  await until(
    () => state.liveInstances(service.staging),
    ([row]) => row?.status === "healthy" && row.restarts === 1,
  );
  expect(await answers(service)).toEqual([`1 ${hashes.two}`]);
});

test("a switch-back brings the old value back; once it is revoked, the newest, however warm its pool is", async () => {
  const service = await open("back");
  await service.repository.commit({ "second.txt": "2" }, "Second");
  await done(await ask(service, "deploy"));
  await done(await ask(service, "configure", { secrets: { API_KEY: values.two } }));
  expect(await answers(service)).toEqual([`2 ${hashes.two}`]);
  await done(await ask(service, "switch-back"));
  expect(await answers(service)).toEqual([`1 ${hashes.one}`]);
  await service.repository.commit({ "third.txt": "3" }, "Third");
  await done(await ask(service, "deploy"));
  expect(await answers(service)).toEqual([`3 ${hashes.two}`]);
  const [first = 0] = await secretIds(service);
  await revoke(service, first);
  const plan = await planDeployment(database.ctx, { ...place(service), kind: "switch-back" }, installation());
  expect(plan.reasons.map(({ text }) => text).join()).toMatch(
    /#1 ran with API_KEY as it was until .*, which is revoked: it starts with the newest value\./,
  );
  const back = await done(await ask(service, "switch-back"));
  expect(await answers(service)).toEqual([`1 ${hashes.two}`]);
  const { steps } = await getDeployment(database.ctx, back);
  expect(steps.find(({ name }) => name === "start")?.status).toBe("succeeded");
});

test("a revoked value that nothing follows stops what needs it, in words; what runs, runs on", async () => {
  const service = await open("stopped");
  const [first = 0] = await secretIds(service);
  await revoke(service, first);
  await expect(ask(service, "restart")).rejects.toThrow(
    /The secret API_KEY was revoked on .*, and no value was set after it: set one first\./,
  );
  expect(await answers(service)).toEqual([`1 ${hashes.one}`]);
  await done(await ask(service, "configure", { secrets: { API_KEY: values.three } }));
  expect(await answers(service)).toEqual([`1 ${hashes.three}`]);
});

test("a release migrates an environment once, whatever ships it again", async () => {
  const service = await open("migrating");
  const again = await done(await ask(service, "deploy"));
  const { steps } = await getDeployment(database.ctx, again);
  expect(steps.find(({ name }) => name === "migrate")).toMatchObject({
    status: "skipped",
    detail: expect.stringMatching(/^#1 has migrated Staging already, on /),
  });
  const runs = await database.client.sql`
    select status, ended_at > started_at as lasted from migration_runs
    where service_environment_id = ${service.staging}`;
  expect([...runs]).toEqual([{ status: "succeeded", lasted: true }]);
});

test("without the key, what needs a secret fails in words and the rest goes on", async () => {
  const service = await open("keyless");
  const other = await lab.addService("plain");
  await other.repository.commit(sampleFiles({}), "First");
  await worker.stop("keep");
  worker = await lab.startWorker("one", { ANYTIME_KEY: "d".repeat(64) });
  const id = await ask(service, "restart");
  expect(await over(id)).toMatchObject({ status: "failed" });
  expect(await state.log(id)).toContain("The secret API_KEY of Staging cannot be read.");
  await done(await ask(other, "deploy"));
  expect(await answers(service)).toEqual([`1 ${hashes.one}`]);
});
