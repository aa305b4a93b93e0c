import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isDatabaseAway, isDatabaseFull } from "#server/kernel/database-away.ts";
import { canMount, fillDisk, mountSmallDisk, unmount } from "#server/kernel/testing/small-disk.ts";
import { type Lab, openLab, until } from "./deploy-worker/testing/open-lab.ts";
import { type OwnDatabase, openOwnDatabase } from "./deploy-worker/testing/open-own-database.ts";
import { isOver, type State, stateOf } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

const place = mkdtempSync(join(tmpdir(), "anytime-full-database-"));
const isMounted = canMount && mountSmallDisk(place, "256m", 755);
if (!isMounted) rmSync(place, { recursive: true });

describe.skipIf(!isMounted)(
  "a worker whose database's disk runs full (skipped where nobody may mount one)",
  () => {
    let database: OwnDatabase;
    let lab: Lab;
    let state: State;

    beforeAll(async () => {
      database = await openOwnDatabase(place);
      lab = await openLab(database.ctx, database.url);
      state = stateOf(database.client.sql);
    });
    afterAll(async () => {
      await lab.close();
      await database.close();
      unmount(place);
      rmSync(place, { recursive: true, force: true });
    });

    const untilOver = (id: number) =>
      until(
        async () => state.deployment(id).catch(() => null),
        (row) => row !== null && isOver(row),
        60_000,
      );

    test("PostgreSQL ends on it; with room again it runs, and the deployment goes on, or begins again", async () => {
      const worker = await lab.startWorker("full");
      const service = await lab.addService("full");
      const go = join(lab.openFolder, "go");
      const build = `echo begun; while [ ! -e ${go} ]; do sleep 0.1; done; sh build.sh`;
      const commit = await service.repository.commit(
        sampleFiles({ settings: sampleSettings({ build }) }),
        "Waits",
      );
      const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
      await until(
        () => state.log(id),
        (text) => text.includes("\nbegun"),
      );
      const makeRoom = fillDisk(place);
      const { sql } = database.client;
      const refused =
        await sql`create table filling as select repeat(md5(n::text), 100) from generate_series(1, 9999) n`
          .then(() => null)
          .catch((error: unknown) => error);
      expect([isDatabaseFull(refused), isDatabaseAway(refused)]).toEqual([true, true]);
      // It panics, for it can write no more of what has to be on disk.
      await sql`checkpoint`.catch(() => null);
      await until(
        async () => database.said.join("\n"),
        (said) => said.includes(`The disk of ${join(place, "cluster")} is full: `),
        60_000,
      );
      writeFileSync(go, "");
      makeRoom();
      expect(await untilOver(id)).toMatchObject({ status: "succeeded", reason: null });
      expect(database.said.at(-1)).toBe("PostgreSQL runs again.");
      const next = await service.repository.commit(sampleFiles(), "Next");
      const nextId = await lab.ask({ serviceEnvironmentId: service.staging, commit: next });
      expect(await untilOver(nextId)).toMatchObject({ status: "succeeded", attempt: 1 });
      expect(await worker.stop("end")).toBe(0);
    }, 150_000);
  },
);
