import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "#server/kernel/context.ts";
import { listDeployments } from "#server/services/deployments/list-deployments.ts";
import { ensureMirror } from "#server/services/pipeline/ensure-mirror.ts";
import { listCommits } from "#server/services/pipeline/list-commits.ts";
import { makeRepository } from "#server/services/pipeline/make-repository.ts";
import { readFact, writeFact } from "#server/services/services/installation-facts.ts";
import { listServices } from "#server/services/services/list-services.ts";
import { setPublicity } from "#server/services/services/set-publicity.ts";
import type { Installation } from "./installation.ts";
import { registerService } from "./register-service.ts";
import { requestDeployment } from "./request-deployment.ts";

/** The tour is a service like any other; that it was set up once is all that is remembered of it. */
export const tourFact = "tour";
export const tourSlug = "hello";

const commits = [
  {
    subject: "Answer with a greeting, and with what serves it",
    files: ["src", "build.mjs", "package.json", ".gitignore"],
  },
  { subject: "Test what it answers", files: ["test"] },
  { subject: "Say how it is built, tested and started", files: ["anytime.yaml"] },
  { subject: "Explain what can be tried with it", files: null },
];

export function tourRepository(installation: Installation): string {
  return join(installation.repositoriesFolder, tourSlug);
}

/**
 * Puts the sample service into a repository, registers it and asks for its first deployments, once per installation.
 * Each part is skipped where it is done already, so that a start that was cut off is finished by the next.
 */
export async function ensureTour(
  ctx: Context,
  input: { installation: Installation; exampleFolder: string },
): Promise<"done" | "was there"> {
  if ((await readFact(ctx, tourFact)) !== null) return "was there";
  const { installation, exampleFolder } = input;
  const folder = tourRepository(installation);
  const known = (await listServices(ctx)).find((service) => service.slug === tourSlug);
  if (known === undefined) {
    await ensureRepository(folder, exampleFolder);
    const service = { slug: tourSlug, name: "Hello", team: null, repositoryUrl: folder, isTour: true };
    await registerService(ctx, service, installation);
    await setPublicity(ctx, tourSlug, { isPublic: true, byline: "person", contact: null });
  }
  if (known === undefined || known.isTour) await requestFirst(ctx, folder, installation);
  await writeFact(ctx, tourFact, "done");
  return "done";
}

async function ensureRepository(folder: string, sourceFolder: string): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(join(folder, ".."), { recursive: true });
  const author = { name: "Anytime tour", email: "tour@anytime.invalid" };
  await makeRepository({ folder, sourceFolder, author, commits });
}

/** The commit before the newest goes to every environment; the newest is left to whoever takes the tour. */
async function requestFirst(ctx: Context, repositoryUrl: string, installation: Installation): Promise<void> {
  const mirror = await ensureMirror({ repositoryUrl, ...installation });
  const [newest, before] = await listCommits(mirror, { ref: "main", limit: 2 });
  const sha = (before ?? newest)?.sha;
  for (const environmentSlug of ["staging", "production"]) {
    const place = { serviceSlug: tourSlug, environmentSlug };
    const { items } = await listDeployments(ctx, { ...place, limit: 1 });
    if (items.length === 0) await requestDeployment(ctx, { ...place, kind: "deploy", sha }, installation);
  }
}
