import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { getService } from "#server/services/services/get-service.ts";
import { listServices } from "#server/services/services/list-services.ts";
import { inspectRepository } from "./inspect-repository.ts";
import { readServicePage } from "./read-service-page.ts";
import { type Registration, registerService } from "./register-service.ts";
import {
  commit,
  git,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

let database: TestDatabase;
let it: TestInstallation;
let repositoryUrl: string;
beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  repositoryUrl = join(it.open, "Billing.git");
  await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile });
});
afterAll(async () => {
  await database.close();
  await it.close();
});

const register = (changes: Partial<Registration>) =>
  registerService(
    database.ctx,
    { slug: "billing", name: "Billing", repositoryUrl, ...changes },
    it.installation,
  );

test("a repository is looked at before anything is saved", async () => {
  const found = await inspectRepository(database.ctx, { repositoryUrl }, it.installation);
  expect(found).toMatchObject({
    defaultBranch: "main",
    branches: ["main"],
    suggestedSlug: "billing",
    suggestedName: "Billing",
    isSlugTaken: false,
    head: { subject: "First", authorName: "Ada Example" },
    settings: { from: "file", resolved: { production: { start: "node server.js" } } },
  });
});

test("a service gets its environments, two pools each, and a pointer at nothing", async () => {
  await register({ slug: "shop", team: " Checkout " });
  const page = await readServicePage(database.ctx, "shop", it.installation);
  expect(page).toMatchObject({ team: "Checkout", defaultBranch: "main", typedSettings: null });
  expect(page.environments.map(({ environment }) => environment.slug)).toEqual(["staging", "production"]);
  expect(page.environments[0]).toMatchObject({
    generation: 0,
    livePool: null,
    live: null,
    pools: [
      { color: "blue", status: "empty", instances: [] },
      { color: "green", status: "empty", instances: [] },
    ],
    deploy: { isAllowed: true, label: "Deploy to staging" },
    promote: null,
    switchBack: { isAllowed: false, reason: "No other good release was live in Staging before." },
  });
  expect(page.environments[1]?.promote).toMatchObject({
    isAllowed: false,
    reason: "Nothing is live in Staging yet.",
  });
});

test.each<[string, Partial<Registration>, string]>([
  ["slug", { slug: "Billing" }, "Use lower-case letters"],
  ["slug", { slug: "a".repeat(41) }, "at most 40"],
  ["slug", { slug: "-billing" }, "begin and end with"],
  ["slug", { slug: "two--hyphens" }, "Two hyphens"],
  ["slug", { slug: "" }, "A slug is needed"],
  ["name", { name: " " }, "A name is needed"],
  ["repositoryUrl", { repositoryUrl: "ext::sh -c id" }, "Remote helpers"],
  ["repositoryUrl", { repositoryUrl: "--upload-pack=id" }, "dash"],
  ["repositoryUrl", { repositoryUrl: "file:///etc" }, "file is not taken"],
  ["repositoryUrl", { repositoryUrl: "/etc" }, "no repository at this path"],
  ["defaultBranch", { defaultBranch: "nowhere" }, "no such branch"],
  ["typedSettings.release.start", { typedSettings: { build: "make" } }, "No start command"],
  ["environmentSlugs", { environmentSlugs: ["moon"] }, "no environment named moon"],
])("bad input is refused at %s (%j)", async (field, changes, words) => {
  const attempt = register(changes);
  await expect(attempt).rejects.toMatchObject({ constructor: ValidationError, field });
  await expect(attempt).rejects.toThrow(words);
  expect(await listServices(database.ctx)).not.toContainEqual(expect.objectContaining({ slug: "billing" }));
});

test("an unknown key of typed settings is named", async () => {
  const typedSettings = JSON.parse('{"release":{"start":"x","instanzes":2}}');
  const attempt = register({ typedSettings });
  await expect(attempt).rejects.toMatchObject({ field: "typedSettings.release.instanzes" });
});

test("a broken settings file is refused with its line, and nothing is left half-made", async () => {
  const broken = join(it.open, "broken");
  await commit(broken, "First", { "anytime.yaml": "release:\n  start: node x\n  instanzes: 2\n" });
  const attempt = register({ repositoryUrl: broken });
  await expect(attempt).rejects.toThrow("line 3");
  await expect(attempt).rejects.toMatchObject({ field: "repositoryUrl" });
});

test("an empty repository and one without settings are said to be so", async () => {
  const empty = join(it.open, "empty");
  await git(it.open, "init", "--quiet", empty);
  await expect(register({ repositoryUrl: empty })).rejects.toThrow("empty");
  const bare = join(it.open, "bare");
  await commit(bare, "First", { "server.js": "" });
  await expect(register({ repositoryUrl: bare })).rejects.toMatchObject({ field: "typedSettings" });
  await register({
    slug: "typed",
    repositoryUrl: bare,
    typedSettings: { release: { start: "node server.js" } },
  });
  expect(await getService(database.ctx, "typed")).toMatchObject({
    typedSettings: { release: { start: "node server.js" } },
  });
});

test("a slug is given once, also when two ask at the same moment", async () => {
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => register({ slug: "once" })));
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  await expect(register({ slug: "once" })).rejects.toMatchObject({ field: "slug" });
});

test("a stakeholder may not register", async () => {
  const actor = { kind: "user", id: 1, name: "Sam", email: "sam@example.org", role: "stakeholder" } as const;
  const attempt = registerService(
    { ...database.ctx, actor },
    { slug: "mine", name: "Mine", repositoryUrl },
    it.installation,
  );
  await expect(attempt).rejects.toThrow("Your role does not allow this");
});
