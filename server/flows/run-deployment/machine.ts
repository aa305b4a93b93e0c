import type { DataFolder } from "#server/kernel/data-folder.ts";
import type { Marks } from "#server/kernel/process-identity.ts";
import type { AccountOf } from "#server/kernel/service-accounts.ts";
import type { ArtifactDepot } from "#server/services/pipeline/artifact-depot.ts";
import type { InstanceKeeper } from "#server/services/targets/instance-keeper.ts";
import type { NoticeSource } from "#server/services/traffic/notice-source.ts";

/** What a worker lends to the deployments that it runs. */
export interface Machine {
  workerId: number;
  /** Where routers reach instances of this machine. */
  instanceHost: string;
  dataFolder: DataFolder;
  depot: ArtifactDepot;
  /** Whom the steps and instances of a service run as. */
  accountOf: AccountOf;
  /** Folders whose repositories may be used by their path. */
  allowedLocalFolders: readonly string[];
  keeper: InstanceKeeper;
  notices: NoticeSource;
  /** Set in everything that the worker starts, so that its next life finds what was left. */
  markVariables: Marks;
}
