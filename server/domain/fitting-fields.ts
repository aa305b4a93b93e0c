import type { ConfigurationChange } from "./configuration.ts";
import { type DeploymentKind, keepsRelease, takesCommit } from "./deployment.ts";

/** What may be said when asking for a deployment; which of it means something depends on the kind. */
export interface AskedFields {
  kind: DeploymentKind;
  sha?: string | undefined;
  releaseNumber?: number | undefined;
  cleanBuild?: boolean | undefined;
  markBad?: boolean | undefined;
  change?: ConfigurationChange | undefined;
  baseVersion?: number | undefined;
}

export interface UnfitField {
  /** As the API names it. */
  field: string;
  message: string;
}

/** What would be passed over in silence with this kind, or is missing; null where all of it means something. */
export function unfitField(asked: AskedFields): UnfitField | null {
  return unfitRelease(asked) ?? unfitBuild(asked) ?? unfitChange(asked);
}

function unfitRelease({ kind, sha, releaseNumber, markBad }: AskedFields): UnfitField | null {
  if (markBad !== undefined && kind !== "switch-back") {
    return { field: "markBad", message: "Only a switch-back leaves a release that can be marked as bad." };
  }
  if (keepsRelease(kind)) {
    const message = `\`${kind}\` ships what is live, so it takes neither commit nor release.`;
    if (sha !== undefined) return { field: "sha", message };
    return releaseNumber === undefined ? null : { field: "release", message };
  }
  if (releaseNumber !== undefined && takesCommit(kind)) {
    return { field: "release", message: `With \`${kind}\`, name the commit by \`sha\` instead.` };
  }
  return sha !== undefined && kind === "switch-back"
    ? { field: "sha", message: "With `switch-back`, name the release by `release` instead." }
    : null;
}

function unfitBuild({ kind, cleanBuild }: AskedFields): UnfitField | null {
  return cleanBuild === undefined || takesCommit(kind)
    ? null
    : { field: "cleanBuild", message: `A \`${kind}\` ships what was built before.` };
}

function unfitChange({ kind, change = {}, baseVersion }: AskedFields): UnfitField | null {
  const [first] = givenIn(change);
  if (kind !== "scale" && kind !== "configure") {
    const field = first ?? (baseVersion === undefined ? null : "version");
    const message = `\`${kind}\` takes the configuration as it is: use \`scale\` or \`configure\`.`;
    return field === null ? null : { field, message };
  }
  if (kind === "configure") {
    const message = "Say which variables or secrets to set, and null for those to remove.";
    return first === undefined ? { field: "variables", message } : null;
  }
  if (change.instances === undefined) {
    const message = "Say how many instances, or null for the release's own number.";
    return { field: "instances", message };
  }
  const more = givenIn(change).find((field) => field !== "instances");
  const message = "With `scale`, only the number changes. Use `configure` for both.";
  return more === undefined ? null : { field: more, message };
}

function givenIn(change: ConfigurationChange) {
  return (["instances", "variables", "secrets"] as const).filter((field) => change[field] !== undefined);
}
