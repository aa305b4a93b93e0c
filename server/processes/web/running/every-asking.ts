import { randomUUID } from "node:crypto";
import { operations } from "#server/api/rest/operations.ts";
import { appRouter } from "#server/api/root.ts";
import { addressOf, declaredBare, declaredHandlers, declaredPages } from "./declared-routes.ts";

export interface Asking {
  path: string;
  init: { method: string; headers: Record<string, string>; body?: string };
}

type Values = Record<string, string | number>;

const methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

/** The parts of next-auth below /api/auth. */
const authParts = [
  "csrf",
  "error",
  "providers",
  "session",
  "signin",
  "signin/credentials",
  "callback/credentials",
  "signout",
  "verify-request",
  "_log",
  "nothing",
];

/**
 * Everything that answers, by every method, with what is there (`existing`), what is not, and what makes no sense. A
 * pattern with a part that has no value yet fails: give it one here.
 */
export function everyAsking(existing: Values): Asking[] {
  const inputs: Values[] = [
    { token: "A".repeat(43), ...existing },
    {
      ...{ slug: "nothing", token: "nothing", id: 999_999_999, sha: "0".repeat(40), number: 999_999 },
      uuid: randomUUID(),
    },
    {
      ...{ slug: "%' or 1=1 --", token: "%' or 1=1 --", id: "1'; select 1", sha: "--all", number: "1e9" },
      uuid: "0x1",
    },
  ];
  return inputs.flatMap((values) => [
    ...everyAddress(values).flatMap((path) => methods.flatMap((method) => byMethod(path, method, values))),
    ...everyCall(values),
  ]);
}

function everyAddress(values: Values): string[] {
  const whole = [...declaredPages, ...declaredBare].map(([pattern]) => addressOf(pattern, values));
  const handlers = declaredHandlers.map(([pattern]) => pattern).filter((pattern) => !pattern.includes("["));
  const rest = operations.map(({ path }) => `/api/v1${addressOf(path, values)}`);
  const auth = authParts.map((part) => `/api/auth/${part}`);
  return [...whole, ...handlers, ...rest, ...auth, "/api/v1", "/api/v1/nothing", "/nowhere"];
}

function byMethod(path: string, method: string, values: Values): Asking[] {
  const plain: Asking = { path, init: { method, headers: {} } };
  if (method === "GET") {
    const asClientNavigates: Asking = { path, init: { method, headers: { rsc: "1" } } };
    const asked = new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]));
    return [
      plain,
      asClientNavigates,
      { path: `${path}?${asked}&download&callbackUrl=%2F`, init: plain.init },
    ];
  }
  if (method === "HEAD" || method === "OPTIONS") return [plain];
  const headers = { "content-type": "application/json" };
  return [
    plain,
    { path, init: { method, headers, body: JSON.stringify(values) } },
    { path, init: { method, headers, body: "{" } },
  ];
}

/** Every procedure as query and mutation, from a page of the portal as far as headers can say so. */
function everyCall(values: Values): Asking[] {
  const { slug, id } = values;
  const input = {
    ...values,
    serviceSlug: slug,
    environmentSlug: slug,
    deploymentId: id,
    text: slug,
    token: slug,
  };
  const inputs = [undefined, JSON.stringify(input), '"nonsense"'];
  const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
  return Object.keys(appRouter._def.procedures).flatMap((name) =>
    inputs.flatMap((body) => [
      {
        path: `/api/trpc/${name}${body === undefined ? "" : `?input=${encodeURIComponent(body)}`}`,
        init: { method: "GET", headers: {} },
      },
      { path: `/api/trpc/${name}`, init: { method: "POST", headers, body: body ?? "" } },
    ]),
  );
}
