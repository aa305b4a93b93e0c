import { InstanceTrouble, type Trouble, troubleTitle } from "#server/domain/instance-trouble.ts";
import { watchMinutes } from "#server/domain/review.ts";
import type { Context } from "#server/kernel/context.ts";
import { openIncident } from "#server/services/incidents/open-incident.ts";
import { type LiveInstance, listLiveInstances } from "#server/services/targets/list-live-instances.ts";

/** Opens an incident where the instances that serve production end again and again, or are not well. */
export class WatchInstances {
  private readonly trouble = new InstanceTrouble();
  private troubled = new Set<number>();

  async round(ctx: Context): Promise<void> {
    const instances = await listLiveInstances(ctx);
    const troubles = this.trouble.look(instances, ctx.now().getTime());
    this.troubled = new Set(troubles.map(({ serviceEnvironmentId }) => serviceEnvironmentId));
    for (const trouble of troubles) {
      const at = instances.find(
        ({ serviceEnvironmentId }) => serviceEnvironmentId === trouble.serviceEnvironmentId,
      );
      if (at !== undefined) await openIncident(ctx, evidenceOf(ctx, trouble, at));
    }
  }

  /** While it goes on nothing is as before, whatever requests say. */
  isTroubled(serviceEnvironmentId: number): boolean {
    return this.troubled.has(serviceEnvironmentId);
  }
}

/** Some instances alone may go unnoticed: requests go to the others. */
function evidenceOf(ctx: Context, trouble: Trouble, at: LiveInstance) {
  const { serviceEnvironmentId, kind, since, isTotal } = trouble;
  return {
    serviceEnvironmentId,
    source: "instances" as const,
    cause: `instances ${kind} ${at.releaseId}`,
    title: troubleTitle(trouble),
    isSure: isTotal,
    deploymentId: isRecent(at, since) ? at.deploymentId : null,
    releaseId: at.releaseId,
    beganAt: new Date(since),
    detectedAt: ctx.now(),
    slowerThanMs: null,
  };
}

/** An old deployment is not blamed for being the latest. */
function isRecent({ switchedAt }: LiveInstance, since: number): boolean {
  return switchedAt !== null && since - switchedAt.getTime() < watchMinutes * 60_000;
}
