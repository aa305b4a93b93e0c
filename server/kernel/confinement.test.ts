import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "vitest";
import { type Confined, type Confinement, clearOtherGroups, confineIn } from "./confinement.ts";
import { type ControlGroups, groupsIn, openControlGroups, removeEmptyGroups } from "./control-groups.ts";
import { listProcessesOf, startTimeOf } from "./process-identity.ts";
import { programUnder } from "./program-under.ts";
import { canIsolateServices } from "./service-accounts.ts";

const account = { uid: 42_001, gid: 42_001 };
const noGroups: ControlGroups = { version: 2, folders: new Map(), problems: new Map() };
const ownGroups = openControlGroups(`anytime-test-${process.pid}`);
afterAll(async () => {
  await clearOtherGroups(ownGroups, () => false);
  removeEmptyGroups(ownGroups);
});

function confined(change: Partial<Confined> = {}): Confined {
  const limits = { memoryBytes: 64 * 1024 ** 2, processes: 40, cpus: 1 };
  return { name: "step-1", kind: "step", limits, account, ...change };
}

/** Starts a script of the service behind its gate, and opens it. */
function start(script: string, confinement: Confinement) {
  const program = programUnder(account, "/", ["/bin/sh", "-c", script]);
  const { file, parameters, options } = confinement.gate(program);
  const child = spawn(file, parameters, {
    ...options,
    env: { PATH: process.env.PATH } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "ignore", "pipe"],
    detached: true,
  });
  confinement.admit(child.pid ?? 0);
  (child.stdio[3] as Writable).end("\n");
  return child;
}

/** Resolves when the script itself has ended. */
async function run(script: string, confinement: Confinement) {
  const child = start(script, confinement);
  const exited = once(child, "exit");
  const output = text(child.stdout as Readable);
  const [exitCode] = await exited;
  return { exitCode, output };
}

const living = () => listProcessesOf(account.uid).filter(({ pid }) => startTimeOf(pid) !== null);
const getAway = "setsid env -i /bin/sleep 7801 >/dev/null 2>&1 &";

describe.skipIf(!canIsolateServices())("as root (skipped for anybody else)", () => {
  test("without control groups processes are counted by uid, and steps yield to others", async () => {
    const confinement = confineIn(noGroups)(confined({ limits: { ...confined().limits, processes: 5 } }));
    const many = "for at in 1 2 3 4 5 6 7 8; do sleep 5 & done 2>/dev/null; echo started";
    const { exitCode, output } = await run(`${many}`, confinement);
    const count = living().length;
    await confinement.clear();
    expect(exitCode).not.toBe(0);
    expect(await output).not.toContain("started");
    expect(count).toBeLessThanOrEqual(5);
    const { output: nice } = await run("nice; ulimit -c", confineIn(noGroups)(confined()));
    expect(await nice).toBe("10\n0\n");
  });

  test("without control groups what wiped its environment is ended once nothing marked runs", async () => {
    const confine = confineIn(noGroups);
    const other = spawn("/bin/sleep", ["60"], { ...account, env: { ANYTIME_OWNER: "x" } as never });
    const first = confine(confined());
    await run(getAway, first);
    await first.clear();
    // It may be of the other one, which still runs.
    expect(living()).toHaveLength(2);
    other.kill("SIGKILL");
    await once(other, "exit");
    const second = confine(confined());
    await run("true", second);
    await second.clear();
    expect(living()).toEqual([]);
  });

  test.skipIf(ownGroups.folders.size === 0)("a control group knows what has left in every way", async () => {
    const confine = confineIn(ownGroups);
    const [first, second] = [confine(confined()), confine(confined({ name: "step-2" }))];
    await run(getAway, first);
    await run(getAway, second);
    expect(living()).toHaveLength(2);
    await first.clear();
    expect(living()).toHaveLength(1);
    const [parent = ""] = ownGroups.folders.values();
    expect(groupsIn(parent)).toEqual(["step-2"]);
    await clearOtherGroups(ownGroups, (name) => name === "instance-1");
    expect(living()).toEqual([]);
    expect(groupsIn(parent)).toEqual([]);
  });

  test.skipIf(ownGroups.folders.size === 0)(
    "a process joins no other group, and loosens no limit",
    async () => {
      const confinement = confineIn(ownGroups)(confined());
      const [parent = ""] = ownGroups.folders.values();
      const above = parent.slice(0, parent.lastIndexOf("/"));
      const { output } = await run(`echo $$ > ${above}/cgroup.procs || echo refused`, confinement);
      await confinement.clear();
      expect(await output).toBe("refused\n");
    },
  );

  test.skipIf(!ownGroups.folders.has("memory"))(
    "what has more than a lower limit allows runs on",
    async () => {
      const confine = confineIn(ownGroups);
      const child = start(
        "exec 4>&1; { head -c 40000000 /dev/zero; echo held >&4; exec sleep 60; } | tail -c 40000000",
        confine(confined()),
      );
      await once(child.stdout as Readable, "data");
      const count = living().length;
      const limits = { ...confined().limits, memoryBytes: 20 * 1024 ** 2 };
      const adopted = confine(confined({ limits }));
      expect(living()).toHaveLength(count);
      expect(adopted.hits().memoryKills).toBe(0);
      await adopted.clear();
      expect(living()).toEqual([]);
    },
  );

  test("behind a gate that nobody opens nothing runs", async () => {
    const confinement = confineIn(noGroups)(confined({ account: null }));
    const { file, parameters } = confinement.gate(programUnder(null, "/", ["/bin/echo", "ran"]));
    const child = spawn(file, parameters, { stdio: ["ignore", "pipe", "ignore", "pipe"] });
    child.stdio[3]?.destroy();
    const output = await text(child.stdout as Readable);
    expect(output).toBe("");
  });
});
