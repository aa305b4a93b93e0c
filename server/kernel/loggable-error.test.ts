import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { users } from "#db/schema/identity.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { loggableError } from "./loggable-error.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const secret = "$argon2id$v=19$secret";
const failing: [string, () => Promise<unknown>][] = [
  ["a character that no text may have", () => insert({ name: "a\0b" })],
  ["a row that is there already", () => Promise.all([insert({}), insert({})])],
  ["a value of another type", () => select("no number")],
];

const insert = (changes: { name?: string }) =>
  database.ctx.db
    .insert(users)
    .values({ email: "ada@example.org", name: "Ada", role: "admin", passwordHash: secret, ...changes });
const select = (id: unknown) =>
  database.ctx.db
    .select()
    .from(users)
    .where(eq(users.id, id as number));

test.each(failing)("of a query that failed for %s the text is logged, and no value", async (_, work) => {
  const error = await work().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const logged = JSON.stringify(loggableError(error));
  expect(logged).toContain("Failed query: ");
  expect(logged).toContain("users");
  expect(logged).toMatch(/"code":"\w{5}"/);
  for (const value of [secret, "ada@example.org", "no number"]) expect(logged).not.toContain(value);
});

test("other errors are logged whole, with their causes", () => {
  const error = new Error("It broke.", { cause: new RangeError("Too far.") });
  expect(loggableError(error)).toMatchObject({
    type: "Error",
    message: "It broke.",
    stack: expect.stringContaining("loggable-error.test"),
    cause: { type: "RangeError", message: "Too far." },
  });
  expect(loggableError("a word")).toBe("a word");
});
