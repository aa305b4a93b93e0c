import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { StepError } from "#server/kernel/errors.ts";

/** The service's own folder in a checkout: its `path`, which must exist there. Throws StepError. */
export async function serviceFolder(checkoutFolder: string, path: string | null): Promise<string> {
  const root = await realpath(checkoutFolder);
  if (path === null) return root;
  const folder = await realpath(join(root, path)).catch(() => null);
  const isInside = folder !== null && (folder === root || folder.startsWith(root + sep));
  if (isInside && (await stat(folder)).isDirectory()) return folder;
  throw new StepError(`\`path\`: the repository has no folder ${path} at this commit.`);
}
