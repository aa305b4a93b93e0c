import type { Limits } from "#server/domain/limits.ts";
import type { Mask } from "#server/domain/mask-secrets.ts";
import type { Confine } from "#server/kernel/confinement.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import type { Marks } from "#server/kernel/process-identity.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import type { AccountOf } from "#server/kernel/service-accounts.ts";
import type { ArtifactDepot } from "#server/services/pipeline/artifact-depot.ts";
import type { InstanceKeeper } from "#server/services/targets/instance-keeper.ts";
import type { NoticeSource } from "#server/services/traffic/notice-source.ts";

/** What a worker lends to the deployments that it runs. */
export interface Machine {
  workerId: number;
  labels: readonly string[];
  /** Where routers reach instances of this machine. */
  instanceHost: string;
  dataFolder: DataFolder;
  depot: ArtifactDepot;
  /** Whom the steps and instances of a service run as. */
  accountOf: AccountOf;
  /** Holds what a service runs within its limits. */
  confine: Confine;
  /** What a command of a step gets that asks for nothing, and the most. */
  stepLimits: Limits;
  /** Commands end where less of their disk is free; null for what fits the disk. */
  freeDiskBytes: number | null;
  /** Folders whose repositories may be used by their path. */
  allowedLocalFolders: readonly string[];
  /** Open what secrets and repositories' credentials are sealed with. */
  sealingKeys: SealingKeys;
  keeper: InstanceKeeper;
  notices: NoticeSource;
  /** Set in everything that the worker starts, so that its next life finds what was left. */
  markVariables: Marks;
  /** Hides what is secret in this installation, and these besides. */
  maskWith(secrets: readonly string[]): Mask;
}
