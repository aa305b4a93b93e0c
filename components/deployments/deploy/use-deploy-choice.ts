"use client";
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { plannableKinds } from "#server/domain/read-models.ts";

const parsers = {
  environment: parseAsString,
  kind: parseAsStringLiteral(plannableKinds).withDefault("deploy"),
  branch: parseAsString,
  commit: parseAsString,
  release: parseAsInteger,
  at: parseAsString,
  /** The incident that it is to end. */
  incident: parseAsInteger,
};

/** What is chosen on the deploy page: it all stands in the address, so that it can be sent to someone. */
export function useDeployChoice() {
  return useQueryStates(parsers, { history: "replace" });
}
