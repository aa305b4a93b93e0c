import { afterAll } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { type Lab, type LabRequest, type LabService, openLab, until } from "./open-lab.ts";
import { type DeploymentState, isOver, type State, stateOf } from "./read-state.ts";

export interface TestLab {
  database: TestDatabase;
  lab: Lab;
  state: State;
  /** Waits until it has ended and nobody holds it any more. */
  untilOver(id: number, withinMs?: number): Promise<DeploymentState>;
  /** Commits the files and deploys them, to staging where `wish` does not say otherwise; how that ended. */
  deploy(service: LabService, files: Record<string, string>, wish?: Partial<LabRequest>): Promise<Deployed>;
}

type Deployed = DeploymentState & { id: number; commit: LabRequest["commit"] };

/** A lab around a database of its own, for a file of tests: closed after them, whatever is opened beside it. */
export async function openTestLab(): Promise<TestLab> {
  const database = await openTestDatabase();
  afterAll(() => database.close());
  const lab = await openLab(database.ctx, database.url);
  afterAll(() => lab.close());
  const state = stateOf(database.client.sql);
  const untilOver: TestLab["untilOver"] = (id, withinMs = 25_000) =>
    until(() => state.deployment(id), isOver, withinMs);
  return {
    ...{ database, lab, state, untilOver },
    async deploy(service, files, wish = {}) {
      const commit = await service.repository.commit(files, "Change");
      const id = await lab.ask({ serviceEnvironmentId: service.staging, commit, ...wish });
      return { ...(await untilOver(id)), id, commit };
    },
  };
}
