import { accountOf, type Run, releaseOf } from "../run.ts";
import { shippedFolder } from "../shipped-folder.ts";
import { releaseVariables, stepEnvironment } from "../step-environment.ts";

/** Where the release's commands run, what they are told, and whom they run as. */
export async function commandPlace(run: Run) {
  const folder = await shippedFolder(run);
  const { sha, artifactDigest } = releaseOf(run);
  const former = run.work.live?.release.number;
  const environment = await stepEnvironment(run, {
    ...releaseVariables(run),
    ANYTIME_COMMIT: sha,
    ANYTIME_ARTIFACT_DIGEST: artifactDigest,
    ANYTIME_ARTIFACT_FOLDER: folder,
    ...(former === undefined ? {} : { ANYTIME_PREVIOUS_RELEASE: String(former) }),
  });
  return { folder, environment, account: accountOf(run) };
}
