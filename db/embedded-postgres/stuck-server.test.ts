import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endIfStuck } from "./stuck-server.ts";

let refusing: Server;
let postmaster: ChildProcess;

/** What PostgreSQL says to whoever connects while it takes nobody. */
function refusal(message: string): Buffer {
  const fields = `SFATAL\0VFATAL\0C57P03\0M${message}\0\0`;
  const header = Buffer.alloc(5);
  header.write("E");
  header.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([header, Buffer.from(fields)]);
}

async function listen(message: string): Promise<string> {
  refusing.on("connection", (socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => socket.end(refusal(message)));
  });
  await once(refusing.listen(0, "127.0.0.1"), "listening");
  return `postgres://postgres:secret@127.0.0.1:${(refusing.address() as AddressInfo).port}/postgres`;
}

beforeEach(() => {
  refusing = createServer();
  postmaster = spawn("/bin/sleep", ["600"]);
});
afterEach(() => {
  refusing.close();
  postmaster.kill("SIGKILL");
});

const server = () => ({ pid: postmaster.pid ?? 0, port: 0 });

test("one that takes no connections and does not recover either is ended", async () => {
  const ended = once(postmaster, "exit");
  const url = await listen("the database system is not yet accepting connections");
  expect(await endIfStuck(server(), url)).toBe(true);
  expect(await ended).toEqual([null, "SIGQUIT"]);
}, 40_000);

test("one that is shutting down, or cannot be reached, is left alone", async () => {
  const url = await listen("the database system is shutting down");
  expect(await endIfStuck(server(), url)).toBe(false);
  refusing.close();
  expect(await endIfStuck(server(), url)).toBe(false);
  expect([postmaster.exitCode, postmaster.signalCode]).toEqual([null, null]);
});
