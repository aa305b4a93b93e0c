import type { ServiceSettings } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import type { Installation } from "./installation.ts";
import { openServiceMirror } from "./open-service-mirror.ts";
import { readServiceSettings, resolveSettings } from "./read-service-settings.ts";

export interface NewestSettings {
  from: "file" | "portal";
  sha: string;
  settings: ServiceSettings | null;
  problem: string | null;
  line: number | null;
  fileText: string | null;
}

/** What the next deployment of the newest commit would go by, in one environment. */
export async function readNewestSettings(
  ctx: Context,
  input: { slug: string; environmentSlug: string },
  installation: Installation,
): Promise<NewestSettings> {
  const service = await getService(ctx, input.slug);
  const environment = environmentOf(service, input.environmentSlug);
  const { mirror } = await openServiceMirror(ctx, service, installation);
  const source = await readServiceSettings(mirror, service.defaultBranch, service);
  const { from, sha, fileText } = source;
  return {
    from,
    sha,
    fileText,
    line: source.problem?.line ?? null,
    ...resolveSettings(source, environment.slug),
  };
}
