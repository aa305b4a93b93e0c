import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { status } from "./portal/deployment-pages.ts";
import {
  checkouts,
  installPackages,
  openTelemetry,
  type SampleClient,
  sampleFiles,
  sentry,
} from "./portal/sample-client.ts";
import { makeShop, openShop } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/**
 * Services with the SDKs as their makers publish them, under traffic: each gets a release that was broken on purpose, or
 * was not, and its review says so, with the right one of its commits first.
 */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();
const everyMs = 100;
const culprit = "Charge by the new prices";
/** A release that is slow tells so after its first half minute, which is not held against it. */
const found = { timeout: 150_000 };

type Breakage = keyof typeof checkouts;
interface Sample {
  name: string;
  title: string;
  client: SampleClient;
  breakage: Breakage;
  folder: string;
}

/** What is well comes last, when the machine is calm; a share of the traffic keeps what is left of its unrest apart. */
const breakages = ["errors", "slowness", "both", "well"] as const;
const share = "canary: {share: 50%, for: 20s}";
const samples: Sample[] = breakages.flatMap((breakage) =>
  [openTelemetry, sentry].map((client) => {
    const name = `${client.name}-${breakage}`;
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1).replace("-", " ")}`;
    return { name, title, client, breakage, folder: join(repositories, name) };
  }),
);
const traffic: NodeJS.Timeout[] = [];
const packages = new Map<string, string>();

test.beforeAll(() => {
  for (const client of [openTelemetry, sentry]) {
    const folder = installPackages(client);
    test.skip(folder === null, "The registry of packages was not reached.");
    if (folder !== null) packages.set(client.name, folder);
  }
});
test.afterAll(() => {
  for (const folder of packages.values()) rmSync(folder, { recursive: true, force: true });
  for (const timer of traffic) clearInterval(timer);
});

async function deployToProduction(page: Page, { name }: Sample, sha: string): Promise<void> {
  const short = sha.slice(0, 7);
  await page.goto(`${url}/services/${name}/deploy?environment=production&commit=${sha}`);
  await page.getByRole("button", { name: `Deploy ${short} to production` }).click();
  await status(page, "succeeded");
}

function ask({ name }: Sample): void {
  const address = `http://localhost:${routerPort}/${name}/production`;
  const routes = ["/cart", "/checkout"];
  let asked = 0;
  traffic.push(
    setInterval(() => {
      asked += 1;
      void fetch(`${address}${routes[asked % routes.length]}`)
        .then((response) => response.arrayBuffer())
        .catch(() => undefined);
    }, everyMs),
  );
}

for (const sample of samples) {
  test(`${sample.name}: a first release is in production and has traffic`, async ({ page }) => {
    const { name, title, client, folder } = sample;
    const first = makeShop(folder, sampleFiles(name, client, packages.get(client.name) ?? "")).commit(
      "Open the shop",
    );
    await page.goto(`${url}/services/new?repository=${encodeURIComponent(folder)}`);
    await page.getByRole("button", { name: "Read repository" }).click();
    await page.getByRole("button", { name: `Register ${name}` }).click();
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await deployToProduction(page, sample, first);
    ask(sample);
  });
}

for (const sample of samples) {
  test(`${sample.name}: three commits go out together`, async ({ page }) => {
    const { name, client, folder, breakage } = sample;
    const shop = openShop(folder);
    shop.commit("Count the cart anew", { "routes/cart.cjs": `module.exports = () => "three of them";\n` });
    shop.commit(culprit, { "routes/checkout.cjs": `${checkouts[breakage]}// By the new prices.\n` });
    const settings = sampleFiles(name, client, packages.get(client.name) ?? "")["anytime.yaml"] ?? "";
    const last = shop.commit("Say what this is", {
      "README.md": "A shop with a cart and a checkout.\n",
      "anytime.yaml": breakage === "well" ? settings.replace("drain: 1s", `drain: 1s\n  ${share}`) : settings,
    });
    await deployToProduction(page, sample, last);
  });
}

for (const sample of samples) {
  const { name, client, breakage } = sample;
  test(`${name}: the review finds ${breakage === "well" ? "nothing" : breakage}`, async ({ page }) => {
    await page.goto(`${url}/reviews`);
    await page
      .getByRole("main")
      .getByRole("link", { name: new RegExp(`^${sample.title} #2`) })
      .first()
      .click();
    const verdict = page.getByRole("region", { name: "Verdict" });
    if (breakage === "well") {
      await expect(verdict).toContainText(/[\d,]{2,} requests/, found);
      await expect(verdict).not.toContainText(/worse than/i);
      await expect(page.getByRole("region", { name: "Errors" })).not.toContainText("No price");
      return;
    }
    await expect(verdict).toContainText(/(?:Worse|Probably worse) than #1/, found);
    const suspects = page.getByRole("list", { name: "Commits to look at first" }).getByRole("listitem");
    await expect(suspects.first()).toContainText(culprit, { timeout: 60_000 });
    if (breakage === "slowness") return;
    await expect(suspects.first()).toContainText("routes/checkout.cjs");
    await expect(page.getByRole("main")).toContainText("No price for this customer");
    await expect(page.getByRole("main")).toContainText(
      client.name === "otel" ? /OpenTelemetry|Errors/ : /Sentry|Errors/,
    );
  });
}
