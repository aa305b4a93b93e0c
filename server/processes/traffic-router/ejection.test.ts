import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "#db/testing/free-port.ts";
import { ask, openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import { startTestInstance, type TestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;
beforeAll(async () => {
  fixture = await openRouterFixture();
});
afterAll(() => fixture.close());

/** Breaks each request off before it answers, until it is mended. */
async function startBreakingInstance(): Promise<TestInstance & { mend(): void; asked(): number }> {
  let isBroken = true;
  let asked = 0;
  const instance = await startTestInstance("mended", (request, response) => {
    asked += 1;
    if (isBroken) request.socket.destroy();
    else response.end("mended");
  });
  return {
    ...instance,
    asked: () => asked,
    mend() {
      isBroken = false;
    },
  };
}

async function askMany(service: string, times: number): Promise<string[]> {
  const answers: string[] = [];
  for (let count = 0; count < times; count += 1) {
    const { status, body } = await ask(fixture.router.port, `${service}.production.localhost`);
    answers.push(status === 200 ? body : String(status));
  }
  return answers;
}

describe("an instance that breaks", () => {
  it("is left out after a few failures, tried now and then, and takes part again once it answers", async () => {
    const [sound, breaking] = [await startTestInstance("sound"), await startBreakingInstance()];
    await fixture.serve("half", { blue: [sound.port, breaking.port] });
    const first = await askMany("half", 40);
    expect(first.filter((answer) => answer === "502")).toHaveLength(3);
    expect(breaking.asked()).toBe(3);
    expect(fixture.router.output()).toContain(
      `"port":${breaking.port},"msg":"An instance does not take requests`,
    );
    // One request is spent to look again.
    await until(async () => (await askMany("half", 2)).includes("502"));
    expect((await askMany("half", 20)).filter((answer) => answer === "502")).toEqual([]);
    breaking.mend();
    await until(async () => (await askMany("half", 2)).includes("mended"));
    expect(new Set(await askMany("half", 10))).toEqual(new Set(["sound", "mended"]));
    await until(() =>
      fixture.router.output().includes(`"port":${breaking.port},"msg":"The instance answers again.`),
    );
    await Promise.all([sound.close(), breaking.close()]);
  });

  it("is asked all the same where it is the only one", async () => {
    const breaking = await startBreakingInstance();
    await fixture.serve("lone", { blue: [breaking.port] });
    expect(new Set(await askMany("lone", 10))).toEqual(new Set(["502"]));
    breaking.mend();
    expect(await askMany("lone", 1)).toEqual(["mended"]);
    await breaking.close();
  });

  it("is asked in turn with the others where all of them break", async () => {
    const both = [await startBreakingInstance(), await startBreakingInstance()] as const;
    await fixture.serve("all", { blue: both.map(({ port }) => port) });
    await until(async () => (await askMany("all", 2)) && both.every((one) => one.asked() >= 3));
    const before = both.map((one) => one.asked());
    await askMany("all", 6);
    for (const [index, one] of both.entries()) {
      expect(one.asked()).toBeGreaterThan((before[index] ?? 0) + 1);
    }
    await Promise.all(both.map((one) => one.close()));
  });

  it("is not one that answers with errors of its own", async () => {
    const failing = await startTestInstance("failing", (_, response) => {
      response.statusCode = 500;
      response.end();
    });
    const sound = await startTestInstance("sound");
    await fixture.serve("errors", { blue: [failing.port, sound.port] });
    const answers = await askMany("errors", 20);
    expect(answers.filter((answer) => answer === "500")).toHaveLength(10);
    await Promise.all([failing.close(), sound.close()]);
  });

  it("costs those who come no time while nobody takes connections at its port", async () => {
    const sound = await startTestInstance("sound");
    await fixture.serve("gone", { blue: [await freePort(), sound.port] });
    expect(new Set(await askMany("gone", 20))).toEqual(new Set(["sound"]));
    await sound.close();
  });
});

describe("a pool in which nobody is healthy", () => {
  it("answers with a plain page, and when to try again", async () => {
    const rows = await fixture.serve("empty", { blue: [await freePort()] });
    const { client } = fixture.database;
    const { serviceEnvironmentId } = rows;
    await client.sql`update instances set status = 'restarting' where service_environment_id = ${serviceEnvironmentId}`;
    await client.sql.notify("anytime", JSON.stringify({ topic: "route", id: String(serviceEnvironmentId) }));
    const asking = () => ask(fixture.router.port, "empty.production.localhost");
    await until(async () => (await asking()).status === 503);
    const { headers, body } = await asking();
    expect(headers["retry-after"]).toBe("2");
    expect(body).toBe("This service takes no requests at the moment. Try again in a few seconds.\n");
  });
});
