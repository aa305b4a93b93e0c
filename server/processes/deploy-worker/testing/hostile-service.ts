import { sampleFiles, sampleSettings } from "./sample-service.ts";

/** Each ends by itself or is ended: none may outlast the step or instance that it is tried in. */
export const hostileCommands = {
  allocate: `exec "${process.execPath}" -e 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))'`,
  multiply: "bomb() { bomb | bomb & }; bomb; sleep 1; sleep 1; exit 3",
  fillDisk:
    'while :; do dd if=/dev/zero of="$HOME/junk" bs=1M count=8 oflag=append conv=notrunc 2>/dev/null; done',
  // By little programs: what lies on a disk in memory counts as the service's own memory, too.
  fillDiskUnseen:
    'exec 3> "$TMPDIR/junk"; rm "$TMPDIR/junk"; while :; do dd if=/dev/zero bs=1M count=8 >&3 2>/dev/null; done',
  openFiles: `"${process.execPath}" -e '
    const fs = require("node:fs");
    let count = 0;
    try { for (; count < 200000; count++) fs.openSync("/dev/null"); } catch (error) { console.log("opened", error.code); }'`,
  leaveBehind: [
    "(setsid env -i /bin/sleep 7701 &)",
    "(setsid env -i /bin/sh -c 'trap \"\" TERM HUP; /bin/sleep 7702; /bin/sleep 7703' &)",
    "nohup setsid /bin/sleep 7704 >/dev/null 2>&1 & true",
  ].join("\n"),
} as const;

/** A service whose build, or whose start, does it. */
export function hostileFiles(hostile: {
  build?: string;
  start?: string;
  more?: string;
}): Record<string, string> {
  const settings = sampleSettings({
    instances: 1,
    // What ends it is seen, however busy the machine is.
    timeout: "60s",
    ...(hostile.build !== undefined && { build: `${hostile.build}\nsh build.sh` }),
    ...(hostile.start !== undefined && { start: hostile.start }),
    ...(hostile.more !== undefined && { more: hostile.more }),
  });
  return sampleFiles({ settings });
}

/** Asks a service again and again, as its users do. */
export function constantClient(addresses: () => Promise<string[]>) {
  const stopped = new AbortController();
  let requests = 0;
  const failures: string[] = [];
  const asking = (async () => {
    while (!stopped.signal.aborted) {
      for (const address of await addresses()) {
        await fetch(address)
          .then(async (response) => {
            if (!response.ok) failures.push(`${response.status}`);
            await response.text();
          })
          .catch((error: unknown) => failures.push(String(error)));
        requests += 1;
      }
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await asking;
      return { requests, failures };
    },
  };
}
