import { Agent, type IncomingMessage, type RequestListener } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrafficRows } from "#db/testing/traffic-rows.ts";
import { noCopies } from "#server/domain/mirror.ts";
import { readMirror } from "#server/services/traffic/read-mirror.ts";
import { setMirror } from "#server/services/traffic/set-mirror.ts";
import { ask, openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import { startSilentServer } from "./testing/silent-server.ts";
import { startTestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;
beforeAll(async () => {
  fixture = await openRouterFixture();
});
afterAll(() => fixture.close());

const audited = { before: {}, after: {} };

/** Production answers with its name; what staging does is said by the test. All is copied. */
async function mirrored(
  service: string,
  stagingPort: number,
  settings: { share?: number; strip?: string[] } = {},
) {
  const production = await startTestInstance("production");
  const to = await fixture.serve(service, { blue: [stagingPort] }, "blue", "staging");
  const from = await fixture.serve(service, { blue: [production.port] });
  const { share = 1, strip = [] } = settings;
  await mirror(from, { toServiceEnvironmentId: to.serviceEnvironmentId, share, strip });
  return { from, to, host: `${service}.production.localhost`, production };
}

async function mirror(from: TrafficRows, wanted: Parameters<typeof setMirror>[1]["mirror"]) {
  const { ctx, client } = fixture.database;
  const { serviceEnvironmentId } = from;
  await setMirror(ctx, { serviceEnvironmentId, mirror: wanted, ...audited });
  const [row] = await client.sql`
    select generation::int from pointers where service_environment_id = ${serviceEnvironmentId}`;
  await until(async () => (await fixture.progress(from)).generation === row?.generation);
}

const copies = async ({ serviceEnvironmentId }: TrafficRows) =>
  (await readMirror(fixture.database.ctx, serviceEnvironmentId))?.copies ?? noCopies;

/** Staging that notes what it is asked. */
async function startStaging(answer: RequestListener = (_, response) => void response.end("staging")) {
  const asked: Pick<IncomingMessage, "method" | "url" | "headers">[] = [];
  const instance = await startTestInstance("staging", (request, response) => {
    const { method, url, headers } = request;
    asked.push({ method, url, headers });
    answer(request, response);
  });
  return { ...instance, asked };
}

describe("mirrored requests", () => {
  it("are the safe ones, for the other environment's host and without what is private", async () => {
    const staging = await startStaging();
    const { from, host, production } = await mirrored("copied", staging.port, { strip: ["x-api-key"] });
    const headers = {
      Cookie: "session=secret",
      Authorization: "Bearer secret",
      "Proxy-Authorization": "Basic secret",
      "X-Api-Key": "secret",
      "Accept-Language": "de",
    };
    const { port } = fixture.router;
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) await ask(port, host, { method, body: "x" });
    await ask(port, host, { headers: { "X-Anytime-Mirrored": "true" } });
    await ask(port, host, { headers: { "Content-Length": "1" }, body: "x" });
    expect(await ask(port, host, { path: "/a?b=c", headers })).toMatchObject({ body: "production" });
    await ask(port, "localhost", { path: "/copied/production/d", headers });
    await ask(port, host, { method: "HEAD", path: "/e" });
    await until(() => staging.asked.length === 3);
    expect(staging.asked.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([
      "GET /a?b=c",
      "GET /d",
      "HEAD /e",
    ]);
    const copy = staging.asked.find(({ url }) => url === "/a?b=c");
    expect(copy?.headers).toMatchObject({
      host: "copied.staging.localhost",
      "x-forwarded-host": "copied.staging.localhost",
      "x-anytime-mirrored": "true",
      "accept-language": "de",
    });
    expect(JSON.stringify(staging.asked)).not.toContain("secret");
    await until(async () => (await copies(from)).answered === 3);
    expect(await copies(from)).toEqual({ answered: 3, failed: 0, leftOut: 0 });
    await Promise.all([staging.close(), production.close()]);
  });

  it("are a share, follow a switch of the other environment, and end when they are no longer wanted", async () => {
    const [blue, green] = [await startStaging(), await startStaging()];
    const { from, to, host, production } = await mirrored("shared", blue.port, { share: 0.5 });
    const { sql } = fixture.database.client;
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    // Fewer than may wait and be under way at once: none is left out, however slow the other environment is.
    const askMany = () =>
      Promise.all(Array.from({ length: 150 }, () => ask(fixture.router.port, host, { agent })));
    /** Copies go in order: those before this one have gone, too. */
    const mark = async (instance: typeof blue) => {
      const { serviceEnvironmentId: toServiceEnvironmentId } = to;
      await mirror(from, { toServiceEnvironmentId, share: 1, strip: [] });
      await ask(fixture.router.port, host, { path: "/mark" });
      await until(() => instance.asked.some(({ url }) => url === "/mark"));
      await mirror(from, { toServiceEnvironmentId, share: 0.5, strip: [] });
    };
    await askMany();
    await mark(blue);
    await sql`
      insert into instances (service_environment_id, pool, release_id, worker_id, status, host, port, output_file)
      values (${to.serviceEnvironmentId}, 'green', ${to.releaseId}, ${to.workerId}, 'healthy', '127.0.0.1',
        ${green.port}, 'none')`;
    await fixture.switchTo(to, "green");
    await askMany();
    await mark(green);
    const sum = async () => {
      const { answered, failed, leftOut } = await copies(from);
      return answered + failed + leftOut;
    };
    await until(async () => (await sum()) === blue.asked.length + green.asked.length);
    // Five times the spread of as many coins.
    expect(Math.abs(blue.asked.length - 76)).toBeLessThan(31);
    expect(Math.abs(green.asked.length - 76)).toBeLessThan(31);
    expect((await copies(from)).leftOut).toBe(0);
    const [counted] = await sql`
      select count(*)::int as rows from request_counts where service_environment_id = ${to.serviceEnvironmentId}`;
    expect(counted?.rows).toBe(0);

    await mirror(from, null);
    await askMany();
    green.asked.length = 0;
    await mark(green);
    expect(green.asked.length).toBe(1);
    agent.destroy();
    await Promise.all([blue.close(), green.close(), production.close()]);
  });

  it("hang in the other environment without holding up a request, and take no more than a few connections", async () => {
    const { sockets, port, close } = await startSilentServer();
    const { from, host, production } = await mirrored("silent", port);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => ask(fixture.router.port, host, { agent })),
    );
    expect(answers.every(({ body }) => body === "production")).toBe(true);
    // Each that hangs is given up, and those that waited for it are not sent.
    await until(async () => (await copies(from)).leftOut > 900);
    await until(async () => (await copies(from)).failed === sockets.length);
    const { answered, failed, leftOut } = await copies(from);
    expect([answered, failed + leftOut]).toEqual([0, 1_000]);
    // As many as may be under way at once, and one in the place of each that was given up before it was clear that all hang.
    expect(sockets.length).toBeLessThanOrEqual(32 + 4);
    agent.destroy();
    close();
    await production.close();
  });

  it("go on where the other environment is back after it was away", async () => {
    const gone = await startStaging();
    await gone.close();
    const { from, to, host, production } = await mirrored("away", gone.port);
    const { port } = fixture.router;
    for (let asked = 0; asked < 50; asked += 1) {
      expect(await ask(port, host)).toMatchObject({ body: "production" });
    }
    await until(async () => (await copies(from)).failed >= 5);
    const back = await startStaging();
    await fixture.database.client.sql`
      update instances set port = ${back.port} where service_environment_id = ${to.serviceEnvironmentId}`;
    await fixture.switchTo(to, "blue");
    await until(async () => {
      expect(await ask(port, host)).toMatchObject({ body: "production" });
      return back.asked.length > 0;
    });
    await Promise.all([back.close(), production.close()]);
  });
});
