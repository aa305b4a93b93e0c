import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { usualKeptDays } from "#server/domain/count-steps.ts";
import type { Role } from "#server/domain/permissions.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { issueSetupLink } from "#server/services/identity/issue-setup-link.ts";
import type { Session } from "#server/services/identity/session.ts";
import type { ApiContext } from "./context.ts";
import { detailsOf, toApiError } from "./error-mapping.ts";
import { createCallerFactory } from "./procedures.ts";
import { appRouter } from "./root.ts";
import { demandSameOrigin } from "./same-origin.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const createCaller = createCallerFactory(appRouter);
const as = (role: Role | null) => {
  const user = { id: 1, name: "Ada", email: "ada@example.org", role: role ?? "engineer" };
  const session: Session | null = role === null ? null : { user };
  const context: ApiContext = {
    session,
    db: database.ctx.db,
    installation: {
      mirrorsFolder: "/nonexistent/mirrors",
      repositoriesFolder: "/nonexistent/repositories",
      allowedLocalFolders: [],
      routerPort: 4780,
      isDatabaseEmbedded: true,
      telemetryUrl: "http://localhost:4700",
      keepLogsDays: 90,
      keepCountsDays: usualKeptDays,
      sealingKeys: () => [],
    },
    portalUrl: "http://localhost:4700",
    hasMailServer: false,
    allowedLocalRepositories: [],
    providers: [],
    renewSession: async () => undefined,
    openOutside: () => expect.unreachable("nothing is sent"),
    logger: openLogger("test", "silent"),
  };
  return createCaller(context);
};

test("every procedure declares what it takes to call it, and only ways in and the public feed take nothing", () => {
  const procedures: object = appRouter._def.procedures;
  const permissions = Object.entries(procedures).map(([name, it]) => [name, it._def.meta?.permission]);
  expect(permissions.length).toBeGreaterThan(20);
  for (const [, permission] of permissions) expect(permission).toEqual(expect.any(String));
  const open = permissions.filter(([, permission]) => permission === "none").map(([name]) => name);
  const waysIn = ["session.providers", "setup.status", "setup.complete", "join.read", "join.accept"];
  expect(open).toEqual([...waysIn, "feed.public", "feed.item", "feed.places", "feed.live"]);
});

test("without a session nothing is read", async () => {
  await expect(as(null).overview.matrix()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(as(null).deployments.get({ id: 1 })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test("a stakeholder reads, and may not deploy", async () => {
  expect((await as("stakeholder").session.current()).may).toMatchObject({ deploy: false });
  await expect(as("stakeholder").deployments.cancel({ id: 1 })).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("only an administrator invites, and only an engineer makes a team", async () => {
  const invite = as("engineer").members.invite({ email: "x@example.org", role: "admin" });
  await expect(invite).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(as("engineer").members.invitations()).rejects.toMatchObject({ code: "FORBIDDEN" });
  const team = as("stakeholder").teams.create({ name: "Greeters", contact: null });
  await expect(team).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("what is missing is NOT_FOUND, in words", async () => {
  const attempt = as("engineer").services.get({ slug: "nothing" });
  await expect(attempt).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: "There is no service named nothing.",
  });
});

test("bad input names its field, from the shape as from the rule", async () => {
  const shape = await as("engineer")
    .deployments.get({ id: -1 })
    .catch((error: unknown) => error);
  expect(shape).toMatchObject({ code: "BAD_REQUEST", cause: { field: "id" } });
  const rule = await as("engineer")
    .services.register({ slug: "No", name: "No", repositoryUrl: "https://example.org/no" })
    .catch((error: unknown) => error);
  expect(rule).toMatchObject({ code: "BAD_REQUEST", cause: { field: "slug" } });
});

test("what is not text is refused at its field, wherever it is written", async () => {
  const field = (name: string) => ({ code: "BAD_REQUEST", cause: { field: name } });
  const wish = { token: "guess", name: "A\0", password: "correct horse battery" };
  const join = as(null).join.accept(wish);
  await expect(join).rejects.toMatchObject(field("name"));
  await expect(as("admin").audit.list({ text: "A\0" })).rejects.toMatchObject(field("text"));
  await expect(as("admin").audit.list({ action: "A\0" })).rejects.toMatchObject(field("action"));
});

test("setting up works for a visitor who has the token, and for nobody else", async () => {
  const link = await issueSetupLink(database.ctx, { portalUrl: "http://localhost:4700" });
  const token = link?.split("#")[1] ?? "";
  const account = { name: "Ada", email: "ada@example.org", password: "correct horse battery" };
  expect(await as(null).setup.status()).toEqual({ isNeeded: true });
  const guess = as(null).setup.complete({ ...account, token: "guess" });
  await expect(guess).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await as(null).setup.complete({ ...account, token })).toEqual({ email: "ada@example.org" });
  expect(await as(null).setup.status()).toEqual({ isNeeded: false });
});

test("an unknown error is logged under an id, and shown without detail", () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line) => lines.push(line) });
  const error = toApiError(new Error("password=secret"), logger, "services.list");
  const logged = JSON.parse(lines[0] ?? "{}");
  expect(logged).toMatchObject({ path: "services.list", err: { message: "password=secret" } });
  expect(error.code).toBe("INTERNAL_SERVER_ERROR");
  expect(error.message).toContain(`Something went wrong (id ${logged.errorId})`);
  expect(error.message).not.toContain("secret");
  expect(detailsOf(error)).toEqual({ field: null, errorId: logged.errorId });
});

test.each([
  [{ "sec-fetch-site": "same-origin", origin: "http://localhost:4700" }, true],
  [{ origin: "http://localhost:4700" }, true],
  [{ origin: "http://127.0.0.1:4700", host: "127.0.0.1:4700" }, true],
  [{ "sec-fetch-site": "cross-site", origin: "http://localhost:4700" }, false],
  [{ "sec-fetch-site": "same-site" }, false],
  [{ origin: "http://localhost:4780" }, false],
  [{ origin: "null" }, false],
  [{}, false],
])("a request with %j may change something: %j", (headers, isTaken) => {
  const ask = () => demandSameOrigin(new Headers(headers), "http://localhost:4700");
  if (isTaken) expect(ask).not.toThrow();
  else expect(ask).toThrow("nothing was changed");
});
