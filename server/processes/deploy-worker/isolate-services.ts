import { spawnSync } from "node:child_process";
import type { WorkerIsolation } from "#server/domain/limits.ts";
import { type Confine, confineIn } from "#server/kernel/confinement.ts";
import { type ControlGroups, openControlGroups } from "#server/kernel/control-groups.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import type { Settings } from "#server/kernel/env.ts";
import { UserError } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import type { Marks } from "#server/kernel/process-identity.ts";
import { type AccountOf, serviceAccounts, usersWithin } from "#server/kernel/service-accounts.ts";
import { placeServiceFolders } from "#server/kernel/service-folders.ts";
import { ownerMarks } from "#server/services/targets/marks.ts";
import { shareNode } from "./share-node.ts";
import { standingOf } from "./standing.ts";

/** Whom services run as, and the data folder with their folders where they can reach them. */
export interface Isolation {
  dataFolder: DataFolder;
  accountOf: AccountOf;
  /** Of all that this worker starts. */
  marks: Marks;
  groups: ControlGroups;
  confine: Confine;
  standing: WorkerIsolation;
}

/** Throws UserError where this process is root and yet cannot run anything as somebody else. */
export function isolateServices(options: {
  settings: Pick<Settings, "serviceUids" | "workerName">;
  dataFolder: DataFolder;
  logger: Logger;
}): Isolation {
  const { dataFolder, logger } = options;
  const { serviceUids } = options.settings;
  const accountOf = serviceAccounts(serviceUids);
  const marks = ownerMarks(dataFolder.root, options.settings.workerName);
  const groups = openControlGroups(`anytime-${Object.values(marks).join("-")}`);
  const standing = standingOf(groups);
  for (const missing of standing.missing) logger.warn(missing);
  logger.info({ limits: standing.held }, "services are held within limits");
  const bounds = { accountOf, marks, groups, confine: confineIn(groups), standing };
  if (!standing.hasOwnUids) return { dataFolder, ...bounds };
  const anybody = { uid: serviceUids.first, gid: serviceUids.first };
  for (const uid of [serviceUids.first, serviceUids.last]) checkUid(uid);
  const taken = usersWithin(serviceUids);
  if (taken.length > 0) {
    logger.warn({ users: taken }, "Users of this machine have uids of services: set ANYTIME_SERVICE_UIDS.");
  }
  const node = shareNode(anybody);
  if (node !== null)
    logger.warn({ node }, "Services cannot reach the Node.js on PATH: they get this one instead.");
  const placed = placeServiceFolders(dataFolder, anybody);
  logger.info({ uids: serviceUids, releases: placed.releasesFolder }, "services run under uids of their own");
  return { dataFolder: placed, ...bounds };
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
