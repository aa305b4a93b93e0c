import { z } from "zod";
import { problemAnswer } from "./answers.ts";
import type { Operation } from "./operation.ts";

type Json = Record<string, unknown>;

/** OpenAPI 3.1, made from the schemas that requests and answers are checked by. */
export function openApiDocument(operations: readonly Operation[], portalUrl: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describeOperation(operation),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Anytime",
      version: "1",
      description:
        "For machines. Make a token under Settings → Tokens; send it as `Authorization: Bearer …`.",
    },
    servers: [{ url: `${portalUrl}/api/v1` }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem: schemaOf(problemAnswer, "output") },
    },
  };
}

function describeOperation(operation: Operation): Json {
  const { id, summary, needs, status } = operation;
  const isOpen = needs === "none";
  return {
    operationId: id,
    summary,
    description: isOpen || needs === "any token" ? undefined : `Needs a token with \`${needs}\`.`,
    security: isOpen ? [] : [{ token: [] }],
    parameters: [...parameters(operation.params, "path"), ...parameters(operation.query, "query")],
    requestBody: operation.body === null ? undefined : jsonContent(schemaOf(operation.body, "input")),
    responses: {
      [status]: { description: "As asked", ...answerContent(operation) },
      default: {
        description: "What is wrong, and at which key",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

function parameters(shape: z.ZodObject, place: "path" | "query"): Json[] {
  const { properties = {}, required = [] } = schemaOf(shape, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    description,
    schema,
  }));
}

function answerContent({ answer }: Operation): Json {
  if (answer === null) return { content: { "text/plain": { schema: { type: "string" } } } };
  return jsonContent(schemaOf(answer, "output"));
}

function jsonContent(schema: Json): Json {
  return { content: { "application/json": { schema } } };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return json;
}
