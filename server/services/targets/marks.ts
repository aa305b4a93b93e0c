import { createHash } from "node:crypto";
import type { Marks } from "#server/kernel/process-identity.ts";

const instanceVariable = "ANYTIME_INSTANCE";

/** Of everything that a worker starts on its machine, in whichever of its lives. */
export function ownerMarks(dataFolderRoot: string, workerName: string): Marks {
  const hash = createHash("sha256").update(`${dataFolderRoot}\n${workerName}`).digest("hex");
  return { ANYTIME_OWNER: hash.slice(0, 16) };
}

/** Of one instance's processes. */
export function instanceMarks(owner: Marks, instanceId: number): Marks {
  return { ...owner, [instanceVariable]: String(instanceId) };
}

/** The instance that a process with these variables belongs to; null for one of a step. */
export function markedInstance(variables: ReadonlyMap<string, string>): number | null {
  const id = variables.get(instanceVariable);
  return id === undefined ? null : Number(id);
}
