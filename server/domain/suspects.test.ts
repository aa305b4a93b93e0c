import fc from "fast-check";
import { expect, test } from "vitest";
import type { CommitChanges } from "./commit-changes.ts";
import { fitOf, pathCandidates } from "./frame-paths.ts";
import { pathFit, routeFit, routeWords } from "./route-paths.ts";
import { rankSuspects, type Symptoms } from "./suspects.ts";
import { worseRoutes } from "./worse-routes.ts";

const commit = (sha: string, ...paths: string[]): CommitChanges => ({
  ...{ sha, subject: sha, committedAt: "2026-11-27T12:00:00.000Z", reverts: null },
  files: paths.map((path) => ({ path, oldPath: null, isEdited: true, routes: [] })),
});
const frame = (file: string) => ({ file, function: "f", line: 1, isOwn: true });
const symptoms = (parts: Partial<Symptoms>): Symptoms => ({
  ...{ errors: [], areErrorsNew: true, routes: [], origins: [], folder: null },
  ...parts,
});
const order = (commits: CommitChanges[], parts: Partial<Symptoms>) =>
  rankSuspects(commits, symptoms(parts)).map(({ sha }) => sha);

test("where it went wrong says more than who called it, the same name more than a like one", () => {
  const commits = [
    commit("caller", "src/app.ts"),
    commit("like", "other/cart.ts"),
    commit("cart", "src/cart.ts"),
  ];
  const errors = [{ count: 10, frames: [frame("src/cart.ts"), frame("src/app.ts")] }];
  expect(order(commits, { errors })).toEqual(["cart", "caller", "like"]);
  expect(rankSuspects(commits, symptoms({ errors })).map(({ reasons }) => reasons[0])).toEqual([
    "changes src/cart.ts, where 10 of 10 new errors come from",
    "changes src/app.ts, which 10 of 10 new errors came through",
    "changes other/cart.ts, named like the file that 10 of 10 new errors come from",
  ]);
});

test("a text that speaks of a route that fails is no suspect", () => {
  const speaking = (path: string) => ({
    ...commit(path, path),
    files: [{ path, oldPath: null, isEdited: true, routes: ["/cart"] }],
  });
  const routes = [{ route: "/cart", change: "whose errors rose", share: 1 }];
  const [first, second] = rankSuspects([speaking("README.md"), speaking("src/app.ts")], symptoms({ routes }));
  expect(first?.reasons).toEqual(["changes code of src/app.ts that names /cart, whose errors rose"]);
  expect([second?.sha, second?.reasons]).toEqual(["README.md", []]);
});

test("a change of one file is suspected before one of everything", () => {
  const everything = commit(
    "everything",
    "src/cart.ts",
    ...Array.from({ length: 300 }, (_, at) => `src/${at}.ts`),
  );
  const errors = [{ count: 10, frames: [frame("src/cart.ts")] }];
  expect(order([everything, commit("cart", "src/cart.ts")], { errors })).toEqual(["cart", "everything"]);
});

test("what takes back a taking back leaves the first one standing", () => {
  const first = commit("a".repeat(40), "src/cart.ts");
  const back = { ...commit("b".repeat(40), "src/cart.ts"), reverts: "a".repeat(40) };
  const again = { ...commit("c".repeat(40), "src/cart.ts"), reverts: "b".repeat(40) };
  const errors = [{ count: 10, frames: [frame("src/cart.ts")] }];
  expect(order([again, back, first], { errors })[0]).toBe(first.sha);
});

test("whatever is told, every commit is there once, and no score is no number", () => {
  const path = fc.constantFrom("src/a.ts", "b.js", "dist/a.js", "x/index.js", "package.json", "");
  const file = fc.record({
    path,
    oldPath: fc.option(path),
    isEdited: fc.boolean(),
    routes: fc.array(fc.constantFrom("/a", "/a/:id", "//", "/")),
  });
  const commits = fc.array(fc.array(file, { maxLength: 4 }), { maxLength: 8 });
  const errors = fc.array(
    fc.record({ count: fc.nat(5), frames: fc.array(path.map(frame), { maxLength: 4 }) }),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(commits, errors, (changes, raised) => {
      const told = changes.map((files, at) => ({ ...commit(`${at}`.padStart(40, "0")), files }));
      const routes = [{ route: "/a/:id", change: "x", share: 1 }];
      const ranked = rankSuspects(told, symptoms({ errors: raised, routes, folder: "src" }));
      expect(new Set(ranked.map(({ sha }) => sha)).size).toBe(told.length);
      expect(ranked.every(({ score }) => Number.isFinite(score) && score >= 0)).toBe(true);
    }),
  );
});

test.each([
  ["src/cart.ts", "dist/cart.js", null, 0.8],
  ["src/cart.tsx", "lib/cart.js", null, 0.8],
  ["services/shop/src/cart.ts", "src/cart.ts", "services/shop", 1],
  ["services/shop/cart.go", "services/shop/cart.go", "services/shop", 1],
  ["cart/cart.go", "github.com/acme/shop/cart/cart.go", null, 0.7],
  ["shop/src/main/java/com/acme/Cart.java", "com/acme/Cart.java", "shop", 0.9],
  ["other/cart.py", "shop/cart.py", null, 0.4],
  ["other/index.ts", "src/index.ts", null, 0],
])("%s for %s in %s: %d", (path, file, folder, fit) => {
  expect(fitOf(path, file, pathCandidates(file, folder))).toBe(fit);
});

test.each([
  ["/orders/:id/items", "/orders/{orderId}/items", 1],
  ["/api/orders/:id", "/:id", 0],
  ["/api/orders/:id", "/orders/<int:id>", 0.6],
  ["/orders/:id", "/users/:id", 0],
  ["/orders", "/orders/:id", 0],
])("%s in code as %s: %d", (route, inCode, fit) => {
  expect(routeFit(route, inCode)).toBe(fit);
});

test("files are called as routes, in the singular or the plural", () => {
  const words = routeWords("/api/v2/users/:id/order-items");
  expect(words).toEqual(["item", "order", "user"]);
  expect(pathFit(words, "src/routes/orderItems.ts")).toBeCloseTo(2 / 3);
  expect(pathFit(words, "src/users.py")).toBeCloseTo(1 / 6);
  expect(pathFit(words, "src/cart.ts")).toBe(0);
});

test("routes that became worse, each by what is worst about it", () => {
  const counts = (requests: number, errors: number, slot: number) => ({
    ...{ requests, errors },
    latency: [...Array.from({ length: slot }, () => 0), requests],
  });
  const worse = worseRoutes([
    { route: "/slow", ofNew: counts(1_000, 0, 80), ofOld: counts(1_000, 0, 40) },
    { route: "/failing", ofNew: counts(1_000, 300, 40), ofOld: counts(1_000, 1, 40) },
    { route: "/fine", ofNew: counts(1_000, 1, 40), ofOld: counts(1_000, 1, 40) },
    { route: "/first", ofNew: counts(100, 50, 40), ofOld: null },
    { route: "other", ofNew: counts(1_000, 900, 80), ofOld: counts(1_000, 0, 40) },
  ]);
  expect(worse.map(({ route }) => route).toSorted()).toEqual(["/failing", "/first", "/slow"]);
  expect(worse.find(({ route }) => route === "/failing")?.change).toBe(
    "whose errors went from 0.10 % to 30.0 %",
  );
  expect(worse.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
});
