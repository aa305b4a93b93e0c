import { type Mirror, mirrorSchema, whyNoMirror } from "#server/domain/mirror.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { environmentOf, getService, type Service } from "#server/services/services/get-service.ts";
import { readMirror } from "#server/services/traffic/read-mirror.ts";
import { setMirror } from "#server/services/traffic/set-mirror.ts";

export interface MirrorInput {
  /** The environment that is sent copies. */
  to: string;
  /** 0 to 1. */
  share: number;
  /** Names of headers that are left out, besides those that always are. */
  strip: string[];
}

/**
 * Says where a share of an environment's safe requests is copied to; nowhere with null. ValidationError "share" or
 * "strip"; ConflictError where nothing may be copied to the other environment.
 */
export async function setMirrorOf(
  ctx: Context,
  input: { slug: string; environmentSlug: string; mirror: MirrorInput | null },
): Promise<void> {
  demand(ctx, "manageServices", input.slug);
  const service = await getService(ctx, input.slug);
  const from = environmentOf(service, input.environmentSlug);
  const mirror = input.mirror === null ? null : mirrorOf(service, from, input.mirror);
  const { serviceEnvironmentId } = from;
  const before = await readMirror(ctx, serviceEnvironmentId);
  await setMirror(ctx, {
    serviceEnvironmentId,
    mirror,
    before: auditedOf(service, before),
    after: auditedOf(service, mirror),
  });
}

function mirrorOf(service: Service, from: Service["environments"][number], input: MirrorInput): Mirror {
  const to = environmentOf(service, input.to);
  const refusal = whyNoMirror(from, to);
  if (refusal !== null) throw new ConflictError(refusal);
  const names = input.strip.map((name) => name.trim().toLowerCase()).filter((name) => name !== "");
  return {
    toServiceEnvironmentId: to.serviceEnvironmentId,
    share: parseField("share", mirrorSchema.shape.share, input.share),
    strip: parseField("strip", mirrorSchema.shape.strip, [...new Set(names)].sort()),
  };
}

function auditedOf({ environments }: Service, mirror: Mirror | null): Record<string, unknown> {
  if (mirror === null) return { mirror: null };
  const to = environments.find((one) => one.serviceEnvironmentId === mirror.toServiceEnvironmentId);
  return { mirror: { to: to?.slug ?? null, share: mirror.share, strip: mirror.strip } };
}
