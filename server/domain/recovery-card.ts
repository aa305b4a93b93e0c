import type { DeploymentKind } from "./deployment.ts";
import { formatDurationMs } from "./durations.ts";
import { type Mitigation, mitigationWords } from "./incident.ts";

/** The deployment that took the effect from users, with those who made it. */
export interface Fix {
  kind: DeploymentKind;
  releaseNumber: number | null;
  requestedByName: string;
  /** False where a machine asked for it. */
  isByPerson: boolean;
  authorName: string;
}

export interface RecoveryFacts {
  serviceName: string;
  /** ISO 8601, each. */
  beganAt: string;
  recoveredAt: string;
  mitigation: Mitigation | null;
  fix: Fix | null;
  requests: number;
  affected: number;
}

/** Whom a recovery names: who shipped the fix, and who wrote it. Going back writes nothing. */
export function fixersOf(fix: Fix | null): string[] {
  if (fix === null) return [];
  const shipped = fix.isByPerson ? [fix.requestedByName] : [];
  const wrote = fix.kind === "switch-back" ? [] : [fix.authorName];
  return [...new Set([...shipped, ...wrote])];
}

/** “hello recovered in 3 m 12 s: rolled forward to #43 by Ana and Bo; 0.4 % of requests felt it.” */
export function recoverySentence(facts: RecoveryFacts): string {
  const { serviceName, beganAt, recoveredAt } = facts;
  const took = formatDurationMs(Date.parse(recoveredAt) - Date.parse(beganAt));
  const how = [howOf(facts), feltText(facts)].filter((part) => part !== null).join("; ");
  return `${serviceName} recovered in ${took}${how === "" ? "" : `: ${how}`}.`;
}

function howOf({ mitigation, fix }: RecoveryFacts): string | null {
  if (mitigation === null || mitigation === "person") return null;
  const number = fix?.releaseNumber ?? null;
  const to = number === null ? "" : ` to #${number}`;
  const fixers = fixersOf(fix);
  return `${mitigationWords[mitigation]}${to}${fixers.length === 0 ? "" : ` by ${namesText(fixers)}`}`;
}

/** “0.4 % of requests felt it”; null where nothing was counted. */
export function feltText({ requests, affected }: { requests: number; affected: number }): string | null {
  if (requests === 0) return null;
  if (affected === 0) return "no request is known to have felt it";
  const percent = (affected / requests) * 100;
  const rounded = percent < 0.1 ? "less than 0.1" : percent.toFixed(percent < 10 ? 1 : 0);
  return `${rounded} % of requests felt it`;
}

/** “Ana”, “Ana and Bo”, “Ana, Bo and Cy”. */
export function namesText(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
