import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";

export interface Match {
  operation: Operation;
  params: Record<string, string>;
}

/** What answers at this path, by method; empty where nothing does. */
export function findOperations(path: string): Map<string, Match> {
  const matches = operations.flatMap((operation) => {
    const params = paramsOf(operation.path, path);
    return params === null ? [] : [[operation.method, { operation, params }] as const];
  });
  return new Map(matches);
}

function paramsOf(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = decoded(given[index] ?? "");
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (value === null || (name === undefined ? value !== part : value === "")) return null;
    if (name !== undefined) params[name] = value;
  }
  return params;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
