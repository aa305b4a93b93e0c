import { createHash } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { openSharedFolder } from "#db/embedded-postgres/shared-folder.ts";
import { canReach } from "#db/embedded-postgres/unprivileged-user.ts";
import type { DataFolder } from "./data-folder.ts";
import { messageOf, UserError } from "./errors.ts";
import type { Account } from "./service-accounts.ts";

const names = [
  "workspacesFolder",
  "releasesFolder",
  "homesFolder",
  "instancesFolder",
  "cachesFolder",
] as const;

/**
 * The data folder, with what services reach in a place that an account of theirs can get to: where the data folder lies
 * in a private home such as /root, that is the shared folder. All in there can be made anew: a folder that has moved
 * begins with empty ones.
 */
export function placeServiceFolders(folder: DataFolder, account: Account): DataFolder {
  if (account === null) return folder;
  const placed = canReach(account, folder.root) ? folder : { ...folder, ...placesElsewhere(folder.root) };
  for (const name of names) {
    mkdirSync(placed[name], { recursive: true });
    // To pass through, each account to its own; not to see who else is there.
    chmodSync(placed[name], 0o711);
  }
  return placed;
}

function placesElsewhere(root: string): Pick<DataFolder, (typeof names)[number]> {
  try {
    const key = createHash("sha256").update(root).digest("hex").slice(0, 16);
    const place = join(openSharedFolder(), `services-${key}`);
    mkdirSync(place, { recursive: true });
    chmodSync(place, 0o711);
    return {
      workspacesFolder: join(place, "workspaces"),
      releasesFolder: join(place, "releases"),
      homesFolder: join(place, "homes"),
      instancesFolder: join(place, "instances"),
      cachesFolder: join(place, "caches"),
    };
  } catch (error) {
    throw new UserError(
      `Services run under uids of their own and cannot get to ${root}: let them pass through the folders above ` +
        `(chmod o+x), or set ANYTIME_DATA to another folder. (${messageOf(error)})`,
    );
  }
}
