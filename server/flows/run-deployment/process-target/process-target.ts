import type { ReleaseTarget } from "../target.ts";
import { untouched } from "../untouched.ts";
import { abandon } from "./abandon.ts";
import { drain } from "./drain.ts";
import { start } from "./start.ts";
import { switchTraffic } from "./switch-traffic.ts";
import { verify } from "./verify.ts";

/** Instances that workers look after, in pools behind the portal's routers. */
export const processTarget: ReleaseTarget = {
  start,
  verify,
  switchTraffic,
  drain,
  abandon,
  whatServes: untouched,
};
