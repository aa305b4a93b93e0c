import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** Where everything that is not in PostgreSQL lies. Only its owner may look inside. */
export interface DataFolder {
  root: string;
  secretsFile: string;
  /** The embedded PostgreSQL's cluster. */
  databaseFolder: string;
  logsFolder: string;
  /** What instances print, a folder a service. */
  instanceLogsFolder: string;
  /** Who runs: pid and start time of each process, as JSON files. */
  runFolder: string;
  /** Repositories that the portal itself made, such as the tour's. */
  repositoriesFolder: string;
  /** Bare mirrors of the services' repositories. */
  mirrorsFolder: string;
  artifactsFolder: string;
  /** Checkouts while a deployment builds. */
  workspacesFolder: string;
  /** Unpacked releases that instances run from. */
  releasesFolder: string;
  /** Each service's HOME, kept between builds. */
  homesFolder: string;
  /** HOME and temporary folder of each service's instances. */
  instancesFolder: string;
  /** What builds keep for the next one of the service. */
  cachesFolder: string;
  /** The identity of each router here, and the routes that it knew last. */
  routerFolder: string;
}

/** The paths alone; nothing is made. */
export function dataFolderAt(root: string): DataFolder {
  return {
    root,
    secretsFile: join(root, "secrets.json"),
    databaseFolder: join(root, "postgres"),
    logsFolder: join(root, "logs"),
    instanceLogsFolder: join(root, "logs", "instances"),
    runFolder: join(root, "run"),
    repositoriesFolder: join(root, "repositories"),
    mirrorsFolder: join(root, "mirrors"),
    artifactsFolder: join(root, "artifacts"),
    workspacesFolder: join(root, "workspaces"),
    releasesFolder: join(root, "releases"),
    homesFolder: join(root, "homes"),
    instancesFolder: join(root, "instances"),
    cachesFolder: join(root, "caches"),
    routerFolder: join(root, "router"),
  };
}

/** Makes what is missing. The cluster's folder is made by PostgreSQL's own set-up; see placeServiceFolders, too. */
export function prepareDataFolder(root: string): DataFolder {
  const folder = dataFolderAt(root);
  mkdirSync(root, { recursive: true, mode: 0o711 });
  // 0711, not 0700: the users that run PostgreSQL and the services have to pass through to their own folders.
  chmodSync(root, 0o711);
  const { logsFolder, instanceLogsFolder, runFolder, repositoriesFolder, mirrorsFolder } = folder;
  const { artifactsFolder, workspacesFolder, releasesFolder, homesFolder, instancesFolder, cachesFolder } =
    folder;
  const own = [logsFolder, instanceLogsFolder, runFolder, repositoriesFolder, mirrorsFolder, artifactsFolder];
  const ofServices = [workspacesFolder, releasesFolder, homesFolder, instancesFolder, cachesFolder];
  for (const path of [...own, ...ofServices, folder.routerFolder]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
  // Whatever made them, and under which umask.
  for (const path of [...own, folder.routerFolder]) chmodSync(path, 0o700);
  return folder;
}
