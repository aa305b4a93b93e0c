import type { TestProject } from "vitest/node";
import { prepareTemplate } from "./template.ts";

declare module "vitest" {
  export interface ProvidedContext {
    testServerUrl: string;
    testTemplate: string;
  }
}

/** One PostgreSQL server for the whole run: ANYTIME_TEST_DATABASE_URL where given, else the embedded one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.ANYTIME_TEST_DATABASE_URL;
  if (given === undefined) throw new Error("Set ANYTIME_TEST_DATABASE_URL.");
  const template = await prepareTemplate(given);
  project.provide("testServerUrl", given);
  project.provide("testTemplate", template.name);
  return () => template.drop();
}
