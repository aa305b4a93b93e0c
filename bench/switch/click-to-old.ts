/**
 * From asking for a switch-back, the row in the queue, to the first answer of the release gone back to, while its pool is
 * warm: a real worker, a real router, real instances.
 */
import { performance } from "node:perf_hooks";
import type { DatabaseClient } from "#db/client.ts";
import type { Context } from "#server/kernel/context.ts";
import { openLab, until } from "#server/processes/deploy-worker/testing/open-lab.ts";
import { isOver, stateOf } from "#server/processes/deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "#server/processes/deploy-worker/testing/sample-service.ts";
import { startRouterProcess } from "#server/processes/traffic-router/testing/router-process.ts";

export async function measureClickToOld(
  ctx: Context,
  database: { url: string; client: DatabaseClient },
  rounds: number,
): Promise<number[]> {
  const lab = await openLab(ctx, database.url);
  const state = stateOf(database.client.sql);
  const router = await startRouterProcess({ databaseUrl: database.url, dataFolder: lab.dataFolder });
  try {
    await lab.startWorker("bench");
    const service = await lab.addService("shop");
    const over = async (id: number) => {
      const { status, reason } = await until(() => state.deployment(id), isOver);
      if (status !== "succeeded") throw new Error(`It ${status}: ${reason}`);
    };
    for (const change of ["one", "two"]) {
      const files = { ...sampleFiles({ settings: sampleSettings() }), "change.txt": change };
      const commit = await service.repository.commit(files, change);
      await over(await lab.ask({ serviceEnvironmentId: service.staging, commit }));
    }
    const releases = await database.client.sql<
      { id: number; number: number; sha: string; subject: string }[]
    >`
      select releases.id::int, number, sha, subject from releases
      join services on services.id = releases.service_id where services.slug = 'shop' order by number`;
    const address = `http://127.0.0.1:${router.port}/shop/staging/`;
    const took: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const to = releases[round % 2];
      if (to === undefined) throw new Error("A release is missing.");
      const askedAt = performance.now();
      const asked = lab.ask({
        ...{ serviceEnvironmentId: service.staging, kind: "switch-back", poolIsWarm: true },
        ...{ commit: { sha: to.sha, subject: to.subject }, release: { id: to.id, number: to.number } },
      });
      while ((await (await fetch(address)).text()).split(" ")[0] !== String(to.number));
      took.push(performance.now() - askedAt);
      await over(await asked);
    }
    return took;
  } finally {
    await lab.close();
    await router.end();
  }
}
