import {
  ArrowRight,
  Ban,
  CalendarClock,
  ChevronsUp,
  CircleDashed,
  FastForward,
  type LucideIcon,
  Rocket,
  RotateCw,
  Scaling,
  SlidersHorizontal,
  Undo2,
} from "lucide-react";
import { createElement } from "react";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import { isScheduledLater } from "#server/domain/schedule.ts";
import type { StatusLook } from "./step-status-look.ts";

/** `Promote #43 to production`: what was asked for, as a heading. */
export function deploymentTitle(deployment: DeploymentBrief): string {
  const { kind, environmentName: environment, releaseNumber, sha, configuration } = deployment;
  const what = releaseNumber === null ? sha.slice(0, 7) : `#${releaseNumber}`;
  const titles: Record<DeploymentBrief["kind"], string> = {
    deploy: `Deploy ${what} to ${environment}`,
    promote: `Promote ${what} to ${environment}`,
    "roll-forward": `Roll ${environment} forward to ${what}`,
    "switch-back": `Switch ${environment} back to ${what}`,
    restart: `Restart ${what} in ${environment}`,
    scale: `Scale ${environment} to ${instancesText(configuration?.instances ?? null)}`,
    configure: `Configure ${environment}${configuration === null ? "" : `, version ${configuration.version}`}`,
  };
  return titles[kind];
}

function instancesText(instances: number | null): string {
  if (instances === null) return "the release's own number";
  return instances === 1 ? "1 instance" : `${instances} instances`;
}

/** Before the title wherever deployments are listed. */
export const kindIcons: Record<DeploymentBrief["kind"], LucideIcon> = {
  deploy: Rocket,
  promote: ArrowRight,
  "roll-forward": FastForward,
  "switch-back": Undo2,
  restart: RotateCw,
  scale: Scaling,
  configure: SlidersHorizontal,
};

/** Icon, word and hue of a deployment. */
export function deploymentStatusLook(deployment: DeploymentBrief): StatusLook {
  if (deployment.supersededBy !== null) {
    return { tone: "waiting", word: "superseded", icon: createElement(ChevronsUp) };
  }
  if (deployment.isCancelling) return { tone: "attention", word: "cancelling" };
  if (deployment.status === "queued" && isScheduledLater(deployment)) {
    return { tone: "waiting", word: "scheduled", icon: createElement(CalendarClock) };
  }
  const looks: Record<DeploymentBrief["status"], StatusLook> = {
    queued: { tone: "waiting", word: "waiting", icon: createElement(CircleDashed) },
    running: { tone: "running", word: deployment.switchedAt === null ? "running" : "switched, draining" },
    succeeded: { tone: "live", word: "succeeded" },
    failed: { tone: "failed", word: "failed" },
    cancelled: { tone: "attention", word: "cancelled", icon: createElement(Ban) },
  };
  return looks[deployment.status];
}
