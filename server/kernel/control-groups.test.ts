import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { groupsIn, openControlGroups, removeEmptyGroups, removeGroup } from "./control-groups.ts";
import { repositoryRoot } from "./env.ts";

const groups = openControlGroups(`anytime-test-groups-${process.pid}`);
const [parent = ""] = groups.folders.values();
afterAll(() => {
  for (const name of groupsIn(parent)) removeAll(join(parent, name));
  removeEmptyGroups(groups);
});

function removeAll(folder: string): void {
  for (const name of groupsIn(folder)) removeAll(join(folder, name));
  removeGroup(folder);
}

/** A group as systemd makes one for a unit, where these controllers may be used. */
function makeUnit(name: string, controllers: string): string {
  const slice = join(parent, `${name}.slice`);
  mkdirSync(slice);
  writeFileSync(join(slice, "cgroup.subtree_control"), controllers);
  mkdirSync(join(slice, name));
  return join(slice, name);
}

const opening = `
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { openControlGroups } from ${JSON.stringify(join(repositoryRoot, "server/kernel/control-groups.ts"))};
writeFileSync(process.argv[1] + "/cgroup.procs", String(process.pid));
const beside = spawn("/bin/sleep", ["60"]);
const [first, second] = [openControlGroups("anytime"), openControlGroups("anytime")];
const placeOfBeside = readFileSync("/proc/" + beside.pid + "/cgroup", "utf8").trim();
beside.kill("SIGKILL");
await once(beside, "exit");
const { folders, problems } = second;
const isSame = String([...first.folders]) === String([...folders]);
console.log(JSON.stringify({ folders: Object.fromEntries(folders), problems: Object.fromEntries(problems), isSame, placeOfBeside }));
`;

/** What a worker finds that runs in that group, with another process beside it. */
function openedIn(folder: string, prefix: string[] = []) {
  const program = [process.execPath, "--input-type=module", "--eval", opening, folder];
  const [file = "", ...parameters] = [...prefix, ...program];
  const { stdout, stderr } = spawnSync(file, parameters, { encoding: "utf8" });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** Becomes a command that takes the group for the root of all. */
const asContainer = (folder: string) => [
  "/bin/sh",
  "-c",
  `echo $$ > ${folder}/cgroup.procs && exec unshare --cgroup --mount /bin/sh -c \
    'umount --lazy /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$0" "$@"' "$@"`,
  "sh",
];

describe.skipIf(groups.version === 1 || groups.folders.size < 3)(
  "version 2 of the hierarchy, as root (skipped otherwise)",
  () => {
    test("a unit's processes make room for groups, and it is opened again in the same place", () => {
      const unit = makeUnit("one.service", "+memory +pids +cpu");
      const { folders, problems, isSame, placeOfBeside } = openedIn(unit);
      const folder = join(unit, "anytime");
      expect(folders).toEqual({ memory: folder, processes: folder, cpus: folder });
      expect(problems).toEqual({});
      expect(isSame).toBe(true);
      expect(placeOfBeside).toMatch(/\/one\.service\/anytime-portal$/);
    });

    test("a container's make room in its root", ({ skip }) => {
      const { status } = spawnSync("unshare", ["--cgroup", "--mount", "true"]);
      if (status !== 0) skip("This machine lets nobody have namespaces.");
      const prefix = asContainer(makeUnit("container", "+memory +pids +cpu"));
      const { folders, problems, isSame } = openedIn("/sys/fs/cgroup", prefix);
      const folder = "/sys/fs/cgroup/anytime";
      expect(folders).toEqual({ memory: folder, processes: folder, cpus: folder });
      expect(problems).toEqual({});
      expect(isSame).toBe(true);
    });

    test("so they do where only controllers are there that would bear them", () => {
      const unit = makeUnit("two.service", "+pids");
      const { folders, problems } = openedIn(unit);
      expect(folders).toEqual({ processes: join(unit, "anytime") });
      expect(problems.memory).toMatch(/two\.service has no controller memory$/);
      const group = join(unit, "anytime", "step-1");
      mkdirSync(group);
      expect(existsSync(join(group, "pids.max"))).toBe(true);
    });

    test("what is not the portal's alone stays as it was", () => {
      const scope = makeUnit("three.scope", "+memory +pids +cpu");
      const { folders, problems } = openedIn(scope);
      expect(folders).toEqual({});
      expect(problems.processes).toMatch(/three\.scope has processes that are not the portal's to move$/);
      expect(readFileSync(join(scope, "cgroup.subtree_control"), "utf8").trim()).toBe("");
      expect(groupsIn(scope)).toEqual([]);
    });
  },
);
