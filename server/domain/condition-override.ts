import { wanted, without } from "./condition-words.ts";
import type { CheckedCondition, CheckedKind } from "./conditions.ts";
import type { Reason } from "./reasons.ts";

/** Deploying all the same, knowingly: with a reason that is kept with the deployment. */
export interface Override {
  reason: string;
  /** The conditions that the person saw as not met; null for whatever is not met. */
  kinds: readonly CheckedKind[] | null;
}

export const overrideReasonLength = { least: 10, most: 500 } as const;

/** What is wrong with a reason, in words; null where it will do. */
export function overrideReasonProblem(text: string): string | null {
  const { least, most } = overrideReasonLength;
  const length = [...text.trim().replace(/\s+/g, " ")].length;
  if (length < least) return `Say why in at least ${least} characters.`;
  if (length > most) return `Say it in at most ${most} characters: these are ${length}.`;
  return /[^\P{Cc}\n\r\t]/u.test(text) ? "The reason has control characters in it." : null;
}

/** Why what was found stops a deployment, or does not stop it any more. */
export function conditionReasons(
  checked: readonly CheckedCondition[],
  environmentName: string,
  override: Override | null,
): Reason[] {
  return unmetOf(checked).map((condition) => {
    const found =
      condition.kind === "not-bad"
        ? condition.detail
        : `${environmentName} asks for ${wanted[condition.kind]}. ${condition.detail}`;
    if (!condition.mayOverride) return { weight: "stops", text: found };
    if (covers(override, condition.kind)) {
      return { weight: "warns", text: `${found} It is deployed all the same, with a reason.` };
    }
    return {
      weight: "stops",
      text: `${found} A person can deploy it all the same by saying why.`,
      mayOverride: true,
    };
  });
}

export function unmetOf(checked: readonly CheckedCondition[]): CheckedCondition[] {
  return checked.filter((condition) => condition.state !== "met");
}

/** `Deploy 3f2a91c to production without green CI`; null where a reason is not needed, or would not help. */
export function overrideLabel(actLabel: string, checked: readonly CheckedCondition[]): string | null {
  const unmet = unmetOf(checked);
  if (unmet.length === 0 || unmet.some((condition) => !condition.mayOverride)) return null;
  return `${actLabel} ${without(unmet.map((condition) => condition.kind))}`;
}

function covers(override: Override | null, kind: CheckedKind): boolean {
  return override !== null && (override.kinds === null || override.kinds.includes(kind));
}
