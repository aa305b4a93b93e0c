import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { deployCommit, status, step } from "./portal/deployment-pages.ts";
import { makeShop, type Shop } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";
import { untilAnswering } from "./portal/watch-service.ts";

/** A repository with two services, one of which migrates: what changes counts for whom it touches. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();
/** Stands for the database of the ledger: each migration leaves a line, in a file for each environment. */
const schemas = mkdtempSync(join(tmpdir(), "anytime-schemas-"));
let market: Shop;

const settings = (service: string, more = "") => `service: ${service}
build: mkdir -p dist && cp ../server.mjs version dist/
package: {include: [dist]}
${more}release: {start: node dist/server.mjs, health: {path: /healthz}, drain: 1s}
`;

test.beforeAll(() => {
  // The migration runs under a uid of the service.
  chmodSync(schemas, 0o777);
  market = makeShop(join(repositories, "market"), {
    "bakery/anytime.yaml": settings("bakery"),
    "bakery/version": "1",
    "ledger/anytime.yaml": settings(
      "ledger",
      `migrate: {run: 'cat dist/version >> ${schemas}/$ANYTIME_ENVIRONMENT'}\n`,
    ),
    "ledger/version": "1\n",
  });
});
test.afterAll(() => rmSync(schemas, { recursive: true, force: true }));

const schema = (environment: string) => {
  const file = join(schemas, environment);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
const answerOf = async (service: string) =>
  (await untilAnswering(`http://localhost:${routerPort}/${service}/staging/`, 10_000)).text();

async function ship(page: Page, service: string, commit: string): Promise<void> {
  await deployCommit(page, service, commit);
  await status(page, "succeeded");
}

test("each settings file of the repository is registered as a service of its own", async ({ page }) => {
  const first = market.commit("Open the market");
  for (const service of ["bakery", "ledger"]) {
    await page.goto(`${url}/services/new?repository=${encodeURIComponent(market.folder)}`);
    await page.getByRole("button", { name: "Read repository" }).click();
    await page.getByRole("combobox", { name: "Settings file" }).click();
    await page.getByRole("option", { name: `${service}/anytime.yaml` }).click();
    await expect(page.getByText(`${service}/anytime.yaml was found`)).toBeVisible();
    await page.getByRole("button", { name: `Register ${service}` }).click();
    await expect(page).toHaveURL(`${url}/services/${service}`);
  }
  await ship(page, "bakery", first);
  expect(await answerOf("bakery")).toBe("1");
});

test("a migration that cannot be taken back is told before the click, and runs once before the start", async ({
  page,
}) => {
  await page.goto(`${url}/services/ledger/deploy?environment=staging`);
  await expect(page.getByText("Its migration is not declared reversible")).toBeVisible();
  await page.getByRole("button", { name: /^Deploy [0-9a-f]{7} to staging$/ }).click();
  await status(page, "succeeded");
  await expect(step(page, "migrate")).toContainText("done");
  expect(schema("staging")).toBe("1\n");
  await page.goto(`${url}/services/ledger`);
  await page.getByRole("link", { name: "Promote #1 to production" }).click();
  await page.getByRole("button", { name: "Promote #1 to production" }).click();
  await status(page, "succeeded");
  expect(schema("production")).toBe("1\n");
  await page.goto(`${url}/services/ledger/deploy?environment=staging`);
  await page.getByRole("button", { name: /^Deploy [0-9a-f]{7} to staging$/ }).click();
  await status(page, "succeeded");
  await expect(step(page, "migrate")).toContainText("skipped");
  expect(schema("staging")).toBe("1\n");
});

test("a commit waits for the service that it touches, and for no other", async ({ page }) => {
  const painted = market.commit("Paint the bakery", { "bakery/version": "2" });
  await ship(page, "bakery", painted);
  expect(await answerOf("bakery")).toBe("2");
  await page.goto(`${url}/services/ledger/deploy?environment=staging`);
  await expect(page.getByRole("option").filter({ hasText: "Open the market" })).toBeVisible();
  await expect(page.getByRole("option").filter({ hasText: "Paint the bakery" })).toHaveCount(0);
  expect(await answerOf("ledger")).toBe("1");
});

test("a switch-back says whose schema the old release would meet, and migrates nothing", async ({ page }) => {
  const counted = market.commit("Count in cents", { "ledger/version": "2\n" });
  await ship(page, "ledger", counted);
  expect(await answerOf("ledger")).toBe("2");
  expect(schema("staging")).toBe("1\n2\n");
  await page.goto(`${url}/services/ledger`);
  await page.getByRole("link", { name: "Switch staging back to #1" }).click();
  await expect(
    page.getByText("The migration of #2 is not declared reversible: #1 would run on the new schema.").first(),
  ).toBeVisible();
  await page.getByRole("button", { name: "Switch staging back to #1" }).click();
  await status(page, "succeeded");
  expect(await answerOf("ledger")).toBe("1");
  expect(schema("staging")).toBe("1\n2\n");
});
