import { execFileSync, spawn, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { setprivFile } from "./program-under.ts";
import { canIsolateServices } from "./service-accounts.ts";

/** What root has in a container of Docker's, unless it is given more. */
const kept =
  "chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod audit_write setfcap";
const bounded = [`--bounding-set=-all,${kept.replaceAll(/(\S+) ?/g, "+$1,").slice(0, -1)}`];
const setpriv = setprivFile ?? "";
const canDrop = canIsolateServices() && spawnSync(setpriv, [...bounded, "true"]).status === 0;

test.skipIf(!canDrop)(
  "root in a container finds marked processes of others, whose environments it may not read (skipped where setpriv cannot play one)",
  async () => {
    const env = { ...process.env, ANYTIME_TEST_MARK: `${process.pid}\n with a line of its own` };
    const theirs = spawn("/bin/sleep", ["60"], { uid: 20_003, gid: 20_003, env });
    try {
      const program = `
        import { readFileSync } from "node:fs";
        import { findMarked } from ${JSON.stringify(new URL("./process-identity.ts", import.meta.url).href)};
        let refused = false;
        try { readFileSync("/proc/${theirs.pid}/environ"); } catch { refused = true; }
        const find = () => findMarked({ ANYTIME_TEST_MARK: ${JSON.stringify(env.ANYTIME_TEST_MARK)} }).map(({ pid }) => pid);
        console.log(JSON.stringify({ refused, first: find(), second: find() }));`;
      const node = [process.execPath, "--input-type=module", "-e", program];
      const found = JSON.parse(execFileSync(setpriv, [...bounded, ...node], { encoding: "utf8" }));
      expect(found).toEqual({ refused: true, first: [theirs.pid], second: [theirs.pid] });
    } finally {
      theirs.kill("SIGKILL");
    }
  },
);
