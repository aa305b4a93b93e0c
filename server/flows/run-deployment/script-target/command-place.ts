import type { StepLog } from "#server/services/deployments/open-log.ts";
import { openRunSecrets } from "../open-run-secrets.ts";
import { type Run, releaseOf } from "../run.ts";
import { shippedFolder } from "../shipped-folder.ts";
import { commandsPlace, releaseVariables } from "../step-environment.ts";

/** Where the release's commands run, what they are told, and whom they run as. What they start may go on after them. */
export async function commandPlace(run: Run, log: StepLog) {
  const folder = await shippedFolder(run);
  const secrets = await openRunSecrets(run);
  const { sha, artifactDigest } = releaseOf(run);
  const former = run.work.live?.release.number;
  const place = await commandsPlace(run, folder, log, {
    ...releaseVariables(run, secrets.valuesOf(run.work.configuration?.secrets ?? {})),
    ANYTIME_COMMIT: sha,
    ANYTIME_ARTIFACT_DIGEST: artifactDigest,
    ANYTIME_ARTIFACT_FOLDER: folder,
    ...(former === undefined ? {} : { ANYTIME_PREVIOUS_RELEASE: String(former) }),
  });
  return { ...place, confine: undefined };
}
