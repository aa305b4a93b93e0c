import { rm } from "node:fs/promises";
import type { Context } from "#server/kernel/context.ts";
import { writeFact } from "#server/services/services/installation-facts.ts";
import { listServices } from "#server/services/services/list-services.ts";
import { tourFact, tourRepository } from "./ensure-tour.ts";
import type { Installation } from "./installation.ts";
import { removeService } from "./remove-service.ts";

/** Removes the sample service, its instances and its repository; it does not come back. Asking twice changes nothing. */
export async function removeTour(ctx: Context, installation: Installation): Promise<{ removed: boolean }> {
  const tour = (await listServices(ctx)).filter((service) => service.isTour);
  for (const { slug } of tour) await removeService(ctx, { slug, confirmSlug: slug });
  await writeFact(ctx, tourFact, "removed");
  // Deployments read from the mirror, so that the repository is needed by nobody any more.
  await rm(tourRepository(installation), { recursive: true, force: true });
  return { removed: tour.length > 0 };
}
