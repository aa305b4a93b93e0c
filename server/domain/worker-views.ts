import type { WorkerIsolation } from "./limits.ts";
import type { DeploymentBrief, Moment } from "./read-models.ts";

/** What pages are told of those who work. */

export interface RouterView {
  id: string;
  /** `host:port`, or `host:port:pid` where several share a port. */
  name: string;
  pid: number;
  isAlive: boolean;
  startedAt: Moment;
  heartbeatAt: Moment;
  /** Why it cannot be forgotten; null where it can. */
  forgetRefusal: string | null;
}

export interface WorkerView {
  id: number;
  name: string;
  host: string;
  pid: number;
  capacity: number;
  labels: string[];
  /** Null for one that does not say. */
  isolation: WorkerIsolation | null;
  isAlive: boolean;
  startedAt: Moment;
  heartbeatAt: Moment;
  stoppedAt: Moment | null;
  running: DeploymentBrief[];
  instanceCount: number;
  /** Of those, the ones in pools that take live traffic. */
  liveInstanceCount: number;
  /** When another process of this name ended itself, since this one had taken the name, and where that was. */
  clash: { at: Moment; where: string } | null;
  /** Why it cannot be forgotten; null where it can. */
  forgetRefusal: string | null;
}
