import { type DeploymentKind, type StepName, stepNames } from "./deployment.ts";
import type { ServiceSettings } from "./service-settings.ts";
import { whyNoDrain, whyNoVerify } from "./targets.ts";

/** One step of a deployment as it is foreseen: `skip` says why it will not run, in words. */
export interface PlannedStep {
  name: StepName;
  skip: string | null;
}

export interface MadeRelease {
  number: number;
  /** It was cleared away. */
  isArtifactGone: boolean;
}

export interface PlanFacts {
  kind: DeploymentKind;
  /** The release that the commit is already, if any. */
  release: MadeRelease | null;
  /** Whether the release still stands ready in the idle pool. */
  poolIsWarm: boolean;
  /** In words, that the release has migrated here already; null or left out where it has not. */
  migrated?: string | null;
  settings: Pick<ServiceSettings, "build" | "test" | "migrate" | "target" | "health"> | null;
}

/** Whether a deployment makes the artifact that it ships: there is none of the commit, or none any more. */
export function makesArtifact(release: Pick<MadeRelease, "isArtifactGone"> | null): boolean {
  return release === null || release.isArtifactGone;
}

export const makesTheArtifact: readonly StepName[] = ["checkout", "build", "test", "package"];

/** Which steps a deployment runs, in order. Pure: the deploy page shows it, the pipeline follows it. */
export function planSteps(facts: PlanFacts): PlannedStep[] {
  return stepNames.map((name) => ({ name, skip: skipReason(name, facts) }));
}

function skipReason(name: StepName, facts: PlanFacts): string | null {
  const { release } = facts;
  if (makesTheArtifact.includes(name) && release !== null && !makesArtifact(release)) {
    return alreadyBuilt(release.number);
  }
  if (name === "migrate" && whyNoMigration(facts.kind) !== null) return whyNoMigration(facts.kind);
  if (name === "migrate" && facts.migrated != null) return facts.migrated;
  if (name === "start" && facts.kind === "switch-back" && facts.poolIsWarm) {
    return "its pool is still warm";
  }
  if (facts.settings === null) return null;
  if (name === "build" && facts.settings.build.length === 0) return "no build command is set";
  if (name === "test" && facts.settings.test.length === 0) return "no test command is set";
  if (name === "migrate" && facts.settings.migrate === null) return "no migration is set";
  if (name === "verify" && facts.settings.health === null) return whyNoVerify;
  if (name === "drain" && facts.settings.target === "script") return whyNoDrain;
  return null;
}

/** Null where the kind migrates what the release says. */
export function whyNoMigration(kind: DeploymentKind): string | null {
  const reasons: Partial<Record<DeploymentKind, string>> = {
    "switch-back": "a switch-back changes no data",
    restart: "a restart changes no data",
    scale: "another number of instances changes no data",
    configure: "a configuration changes no data",
  };
  return reasons[kind] ?? null;
}

/** Why a step that makes the artifact does not run. */
export function alreadyBuilt(releaseNumber: number): string {
  return `#${releaseNumber} is already built`;
}
