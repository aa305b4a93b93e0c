import { afterAll } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { type Lab, openLab } from "./open-lab.ts";
import { type State, stateOf } from "./read-state.ts";

export interface TestLab {
  database: TestDatabase;
  lab: Lab;
  state: State;
}

/** A lab around a database of its own, for a file of tests: closed after them, whatever is opened beside it. */
export async function openTestLab(): Promise<TestLab> {
  const database = await openTestDatabase();
  afterAll(() => database.close());
  const lab = await openLab(database.ctx, database.url);
  afterAll(() => lab.close());
  return { database, lab, state: stateOf(database.client.sql) };
}
