import type { Mask } from "#server/domain/mask-secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import { UnreadableSecretError } from "#server/kernel/sealed-value.ts";
import { telemetryKeysOf } from "#server/kernel/telemetry-key.ts";
import { findServiceCredential, openSecret } from "#server/services/repositories/credential.ts";
import { type OpenedSecrets, openSecrets } from "#server/services/services/open-secrets.ts";
import { readKeyGeneration } from "#server/services/telemetry/key-generation.ts";
import type { Machine } from "./machine.ts";
import type { Run } from "./run.ts";

interface Place {
  serviceEnvironmentId: number;
  service: { id: number; repositoryUrl: string };
}

/** Opens the secrets of the run's service environment for one step; from here on its log masks them as they are now. */
export async function openRunSecrets(run: Run): Promise<OpenedSecrets> {
  const opened = await openSecrets(run.ctx, run.work.serviceEnvironmentId, run.machine.sealingKeys);
  if (opened.newestId === run.hiddenUpTo) return opened;
  run.hiddenUpTo = opened.newestId;
  run.log.useMask(
    run.machine.maskWith([...opened.all, ...(await besidesSecrets(run.ctx, run.machine, run.work))]),
  );
  return opened;
}

/** Hides what is secret in a service environment: every value that was ever set there, and what its repository is read with and it tells of itself with. */
export async function maskOf(
  ctx: Context,
  machine: Pick<Machine, "maskWith" | "sealingKeys">,
  place: Place,
): Promise<{ mask: Mask; hiddenUpTo: number }> {
  const { all, newestId } = await openSecrets(ctx, place.serviceEnvironmentId, machine.sealingKeys);
  const mask = machine.maskWith([...all, ...(await besidesSecrets(ctx, machine, place))]);
  return { mask, hiddenUpTo: newestId };
}

async function besidesSecrets(
  ctx: Context,
  machine: Pick<Machine, "sealingKeys">,
  place: Place,
): Promise<string[]> {
  return [...(await credentialOf(ctx, machine, place)), ...(await telemetryKeysIn(ctx, machine, place))];
}

/** Of the keys that open, and the one that may take its place while an output is open. */
async function telemetryKeysIn(
  ctx: Context,
  { sealingKeys }: Pick<Machine, "sealingKeys">,
  { serviceEnvironmentId }: Place,
): Promise<string[]> {
  const { generation: present } = await readKeyGeneration(ctx, serviceEnvironmentId);
  return [present - 1, present, present + 1]
    .filter((generation) => generation >= 0)
    .flatMap((generation) => telemetryKeysOf(sealingKeys, { serviceEnvironmentId, generation }));
}

/** Empty where there is none; what cannot be read is used by nobody, and so is seen nowhere. */
async function credentialOf(
  ctx: Context,
  { sealingKeys }: Pick<Machine, "sealingKeys">,
  { service }: Place,
): Promise<string[]> {
  const credential = await findServiceCredential(ctx, service);
  if (credential === null) return [];
  try {
    return [openSecret(sealingKeys, credential)];
  } catch (error) {
    if (error instanceof UnreadableSecretError) return [];
    throw error;
  }
}
