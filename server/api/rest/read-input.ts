import type { z } from "zod";
import { ValidationError } from "#server/kernel/errors.ts";
import type { Match } from "./find-operation.ts";

/** Path, query and body by the operation's schemas. ValidationError names the key. */
export async function readInput(
  request: Request,
  { operation, params }: Match,
): Promise<Record<string, unknown>> {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const body = operation.body === null ? {} : parse(operation.body, await readJson(request));
  return { ...body, ...parse(operation.query, query), ...parse(operation.params, params) };
}

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ValidationError("The body is not JSON.");
    throw error;
  }
}

function parse(schema: z.ZodObject, value: unknown): Record<string, unknown> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // A key that is not known first: it is often the misspelling of one that is missing.
  const { issues } = result.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (issue?.code === "unrecognized_keys") {
    const known = Object.keys(schema.shape).join(", ") || "none";
    throw new ValidationError(`There is no such key. Known here: ${known}.`, issue.keys[0] ?? null);
  }
  const field = issue?.path.map(String).join(".") || null;
  const isMissing = issue?.code === "invalid_type" && issue.message.endsWith("received undefined");
  throw new ValidationError(isMissing ? "This is needed." : (issue?.message ?? "This is not valid."), field);
}
