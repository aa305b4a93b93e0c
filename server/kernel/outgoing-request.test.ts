import type { LookupAddress } from "node:dns";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { isPublicAddress, type OutgoingRules, outgoingRequests } from "./outgoing-request.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const post = (url: string, rules: Partial<OutgoingRules> = {}) =>
  outgoingRequests({ allowedHosts: [], timeoutMs: 2_000, ...rules })({ url, headers: {}, body: "hello" });

const answering = (...addresses: string[]) => {
  const asked: string[] = [];
  const lookup: NonNullable<OutgoingRules["lookup"]> = (host, _, callback) => {
    asked.push(host);
    const found: LookupAddress[] = addresses.map((address) => ({
      address,
      family: address.includes(":") ? 6 : 4,
    }));
    callback(null, found);
  };
  return { asked, lookup };
};

describe("where a request may go", () => {
  test.each([
    ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1"],
    ...["192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...[
      "::",
      "::1",
      "::ffff:127.0.0.1",
      "::ffff:10.0.0.1",
      "64:ff9b::7f00:1",
      "fc00::1",
      "fd12::1",
      "fe80::1",
    ],
    ...["ff02::1", "2001:db8::1", "2002:7f00:1::", "2001::1", "no address"],
  ])("not to %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"])(
    "to %s",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test("no written form of an address of this machine is let through", async () => {
    const port = await listen((_, response) => response.end());
    const forms = fc.constantFrom(
      "127.0.0.1",
      "2130706433",
      "0x7f000001",
      "0177.0.0.1",
      "127.1",
      "[::1]",
      "[::ffff:7f00:1]",
      "0.0.0.0",
      "[::]",
    );
    await fc.assert(
      fc.asyncProperty(forms, fc.constantFrom("http", "https"), async (host, protocol) => {
        await expect(post(`${protocol}://${host}:${port}/`)).rejects.toMatchObject({ isPermanent: true });
      }),
    );
  });

  test("a name that leads there is refused, and looked up once", async () => {
    const { asked, lookup } = answering("127.0.0.1", "::1", "10.0.0.1");
    await expect(post("https://inside.example.org/", { lookup })).rejects.toMatchObject({
      isPermanent: true,
      message: expect.stringContaining("ANYTIME_OUTGOING_HOSTS"),
    });
    // By the connection itself: there is no second answer that could be another.
    expect(asked).toEqual(["inside.example.org"]);
  });

  test("without TLS only to hosts that the operator allows", async () => {
    const port = await listen((_, response) => response.end("here"));
    await expect(post("http://example.org/")).rejects.toMatchObject({ isPermanent: true });
    const allowed = { allowedHosts: [`127.0.0.1:${port}`] };
    expect(await post(`http://127.0.0.1:${port}/`, allowed)).toEqual({
      status: 200,
      retryAfter: null,
      body: "here",
    });
    await expect(post(`http://127.0.0.1:${port + 1}/`, allowed)).rejects.toMatchObject({ isPermanent: true });
    await expect(post(`http://localhost:${port}/`, allowed)).rejects.toMatchObject({ isPermanent: true });
  });
});

describe("what comes back", () => {
  test("is the answer itself: a redirect is not followed", async () => {
    let asked = 0;
    const port = await listen((_, response) => {
      asked += 1;
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    const answer = await post(`http://127.0.0.1:${port}/`, { allowedHosts: ["127.0.0.1"] });
    expect([answer.status, asked]).toEqual([307, 1]);
  });

  test("is read no further than 64 KiB", async () => {
    const port = await listen((_, response) => {
      response.on("error", () => undefined);
      const more = () => {
        while (response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    });
    const answer = await post(`http://127.0.0.1:${port}/`, { allowedHosts: ["127.0.0.1"] });
    expect(answer.body.length).toBe(65_536);
  });

  test("in bounded time, and the message never repeats the address", async () => {
    const port = await listen((_, response) => void response.write("still"));
    const hanging = post(`http://127.0.0.1:${port}/secret-path`, {
      allowedHosts: ["127.0.0.1"],
      timeoutMs: 50,
    });
    await expect(hanging).rejects.toMatchObject({
      isPermanent: false,
      message: "127.0.0.1 did not answer within 0.05 s.",
    });
    const closed = await listen(() => undefined);
    const [server] = servers.splice(-1);
    await new Promise((resolve) => server?.close(resolve));
    const refused = post(`http://127.0.0.1:${closed}/secret-path`, { allowedHosts: ["127.0.0.1"] });
    await expect(refused).rejects.toMatchObject({
      isPermanent: false,
      message: expect.not.stringContaining("secret"),
    });
  });
});
