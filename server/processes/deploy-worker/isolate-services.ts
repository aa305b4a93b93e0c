import { spawnSync } from "node:child_process";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import type { Settings } from "#server/kernel/env.ts";
import { UserError } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { setprivFile } from "#server/kernel/program-under.ts";
import {
  type AccountOf,
  canIsolateServices,
  serviceAccounts,
  usersWithin,
} from "#server/kernel/service-accounts.ts";
import { placeServiceFolders } from "#server/kernel/service-folders.ts";
import { shareNode } from "./share-node.ts";

/** Whom services run as, and the data folder with their folders where they can reach them. */
export interface Isolation {
  dataFolder: DataFolder;
  accountOf: AccountOf;
}

/** Throws UserError where this process is root and yet cannot run anything as somebody else. */
export function isolateServices(options: {
  settings: Pick<Settings, "serviceUids">;
  dataFolder: DataFolder;
  logger: Logger;
}): Isolation {
  const { dataFolder, logger } = options;
  const { serviceUids } = options.settings;
  const accountOf = serviceAccounts(serviceUids);
  if (!canIsolateServices()) {
    logger.warn(
      "Services are not isolated: whoever can deploy can read what this worker can read, its database's address too. " +
        "Run it as root on Linux, such as in a container; at least give it a machine of its own.",
    );
    return { dataFolder, accountOf };
  }
  const anybody = { uid: serviceUids.first, gid: serviceUids.first };
  for (const uid of [serviceUids.first, serviceUids.last]) checkUid(uid);
  const taken = usersWithin(serviceUids);
  if (taken.length > 0) {
    logger.warn({ users: taken }, "Users of this machine have uids of services: set ANYTIME_SERVICE_UIDS.");
  }
  if (setprivFile === undefined)
    logger.warn("Install setpriv, which bars services from programs that lend rights.");
  const node = shareNode(anybody);
  if (node !== null)
    logger.warn({ node }, "Services cannot reach the Node.js on PATH: they get this one instead.");
  const placed = placeServiceFolders(dataFolder, anybody);
  logger.info({ uids: serviceUids, releases: placed.releasesFolder }, "services run under uids of their own");
  return { dataFolder: placed, accountOf };
}

/** Containers may map too few uids, or take root the right to change to another. */
function checkUid(uid: number): void {
  const { error } = spawnSync("/bin/sh", ["-c", "exit 0"], { uid, gid: uid, cwd: "/" });
  if (error === undefined) return;
  throw new UserError(
    `This process is root, but cannot run a service under the uid ${uid} (${error.message}). Let the container map ` +
      "it, or set ANYTIME_SERVICE_UIDS to a range that it maps; root needs the capabilities SETUID, SETGID, CHOWN, " +
      "DAC_OVERRIDE, FOWNER and KILL. Or run the portal as another user.",
  );
}
