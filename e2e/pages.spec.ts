import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { portalState, resultsFolder, signedInFile } from "./portal/state.ts";

/** Every page, in both themes, on a desk and on a phone: accessible, and no wider than its screen. */
const { url } = portalState();

/** README's pictures are renewed by `ANYTIME_SCREENSHOTS=1 npm test -- e2e`; else they go to the results. */
const pictures =
  process.env.ANYTIME_SCREENSHOTS === "1"
    ? fileURLToPath(new URL("./screenshots", import.meta.url))
    : join(resultsFolder, "screenshots");
mkdirSync(pictures, { recursive: true });
const inReadme = ["overview-light-desk", "service-light-desk", "deployment-dark-desk", "deploy-light-desk"];

/** Marks what a page tried to load or run against its own policy. */
const violation = "Content Security Policy";

interface PageToLookAt {
  name: string;
  path: string | ((page: Page) => Promise<string>);
  isPublic?: boolean;
  /** Without the portal's frame: nothing on it waits for a script. */
  isFrameless?: boolean;
  /** The page is there once this is. */
  shows: string | RegExp;
}

const latest = (query: string) => async (page: Page) => {
  await page.goto(`${url}/deployments?${query}`);
  const link = page.getByRole("link", { name: /#\d+ to|[0-9a-f]{7} to|back to/ }).first();
  return (await link.getAttribute("href")) ?? "";
};

async function instance(page: Page): Promise<string> {
  await page.goto(`${url}/services/kiosk`);
  const link = page.getByRole("link", { name: /^Output of the instance on port/ }).first();
  return (await link.getAttribute("href")) ?? "";
}

const pages: PageToLookAt[] = [
  { name: "sign-in", path: "/sign-in", isPublic: true, shows: "Sign in" },
  { name: "sign-in-refused", path: "/sign-in?error=no-invitation", isPublic: true, shows: "Sign in" },
  { name: "join", path: `/join#${"x".repeat(43)}`, isPublic: true, shows: "Your one-time link" },
  { name: "setup", path: "/setup", isPublic: true, shows: /administrator|account|set up/i },
  { name: "feed", path: "/feed", isPublic: true, shows: "What’s new" },
  { name: "by-email", path: "/subscriptions?said=wait", isPublic: true, shows: "That was often" },
  {
    name: "by-email-confirm",
    path: "/subscriptions/confirm/x",
    isPublic: true,
    shows: "What’s new, by e-mail",
  },
  { name: "by-email-end", path: "/subscriptions/end/x", isPublic: true, shows: "No more mails?" },
  { name: "internal-feed", path: "/internal-feed", shows: "Feed" },
  { name: "overview", path: "/", shows: "Overview" },
  { name: "reviews", path: "/reviews", shows: "Reviews" },
  { name: "deployments", path: "/deployments", shows: "Deployments" },
  { name: "service", path: "/services/kiosk", shows: "Kiosk" },
  { name: "service-deployments", path: "/services/kiosk?tab=deployments", shows: "Kiosk" },
  { name: "service-releases", path: "/services/kiosk?tab=releases", shows: "Kiosk" },
  { name: "release", path: "/services/kiosk/releases/1", shows: "Release #1 of Kiosk" },
  { name: "service-configuration", path: "/services/kiosk?tab=configuration", shows: "Kiosk" },
  { name: "instance", path: instance, shows: /^Output of Kiosk/ },
  { name: "service-settings", path: "/services/stand?tab=settings", shows: "Stand" },
  { name: "deploy", path: "/services/kiosk/deploy?environment=staging", shows: /Deploy Kiosk/ },
  { name: "deployment", path: latest("service=kiosk&status=succeeded&kind=deploy"), shows: /Deploy #/ },
  { name: "deployment-failed", path: latest("service=kiosk&status=failed"), shows: /Deploy/ },
  { name: "register", path: "/services/new", shows: "Register a service" },
  { name: "workers", path: "/workers", shows: "Workers" },
  { name: "settings", path: "/settings", shows: "Settings" },
  { name: "audit-log", path: "/settings/audit", shows: "Settings" },
  { name: "tokens", path: "/settings/tokens", shows: "Settings" },
  { name: "members", path: "/settings/members", shows: "Settings" },
  { name: "channels", path: "/settings/channels", shows: "Settings" },
  { name: "teams", path: "/settings/teams", shows: "Settings" },
  { name: "not-found", path: "/nowhere", isFrameless: true, shows: "There is no such page" },
];

const screens = [
  { name: "desk", viewport: { width: 1440, height: 900 }, hasTouch: false },
  { name: "phone", viewport: { width: 390, height: 844 }, hasTouch: true },
];

for (const { name: screen, ...device } of screens) {
  test.describe(screen, () => {
    test.use(device);
    for (const pageToLookAt of pages) {
      test.describe(() => {
        test.use({ storageState: pageToLookAt.isPublic ? undefined : signedInFile });
        test(pageToLookAt.name, async ({ page }) => {
          const problems = await collectProblems(page);
          await open(page, pageToLookAt);
          for (const theme of ["light", "dark"] as const) {
            await test.step(theme, async () => {
              await page.emulateMedia({ colorScheme: theme });
              await look(page, `${pageToLookAt.name}-${theme}-${screen}`);
            });
          }
          expect(problems).toEqual([]);
        });
      });
    }
  });
}

/** Errors of scripts, and what the page's own policy kept it from. */
async function collectProblems(page: Page): Promise<string[]> {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.text().includes(violation)) problems.push(message.text());
  });
  await page.addInitScript((violation) => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      console.error(violation, violatedDirective, blockedURI),
    );
  }, violation);
  return problems;
}

async function open(page: Page, { path, isPublic, isFrameless, shows }: PageToLookAt): Promise<void> {
  await page.goto(url + (typeof path === "string" ? path : await path(page)));
  await expect(page.getByRole("heading", { level: 1, name: shows })).toBeVisible();
  // By then its script has run, which names switches and makes what scrolls reachable by key.
  if (!isPublic && !isFrameless)
    await expect(page.getByRole("banner").getByText("Live", { exact: true })).toBeAttached();
}

async function look(page: Page, picture: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`);
  expect(told).toEqual([]);
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(overflow).toBeLessThanOrEqual(0);
  if (process.env.ANYTIME_SCREENSHOTS !== "1" || inReadme.includes(picture)) {
    await page.screenshot({ path: join(pictures, `${picture}.png`) });
  }
}
