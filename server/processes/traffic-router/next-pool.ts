import { nextPool } from "#server/domain/pools.ts";
import type { Place } from "./find-route.ts";
import type { ServiceRoute } from "./service-route.ts";

/**
 * A service environment seen by who looks at the pool beside the live one. It holds nothing up: no deployment waits for
 * what is open here, and nothing of it counts among what the service was asked for.
 */
export function nextPoolOf(service: ServiceRoute): Place {
  return {
    isHeld: () => false,
    hold: () => () => undefined,
    choose(_, tried) {
      const pool = nextPool(service.route.ready, service.route.livePool);
      const instance = pool === null ? null : service.chooseInstance(pool, tried);
      return pool === null || instance === null ? null : { pool, instance, byShare: false };
    },
    enter: () => ({ releaseId: 0, isStray: false, byShare: false }),
    leave: () => undefined,
    stay: () => () => undefined,
    count: () => undefined,
  };
}
