import { get } from "node:http";
import { expect, test } from "@playwright/test";
import { portalState, signedInFile } from "./portal/state.ts";
import { untilAnswering } from "./portal/watch-service.ts";

test.use({ storageState: signedInFile });

test("the tour's service is deployed for real and answers by name, by path and by header", async ({
  page,
}) => {
  const { url, routerPort } = portalState();
  await untilAnswering(`http://localhost:${routerPort}/hello/production/healthz`, 100_000);
  await page.goto(url);
  const row = page.getByRole("row", { name: /Hello/ });
  await expect(row.getByText("live", { exact: true })).toHaveCount(2, { timeout: 60_000 });
  await expect(row.getByText("#1")).toHaveCount(2);

  await page.goto(`http://hello.production.localhost:${routerPort}/`);
  await expect(page.locator("body")).toContainText("Hello, world");
  await page.goto(`http://localhost:${routerPort}/hello/staging/`);
  await expect(page.locator("body")).toContainText("Hello from staging");
  expect(await askByHeader(routerPort, "hello.production.localhost")).toContain("Hello, world");
});

function askByHeader(port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, headers: { host } }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(body));
    }).on("error", reject);
  });
}

test("what is not deployed says so, and names nothing else", async ({ page }) => {
  const { routerPort } = portalState();
  const response = await page.goto(`http://nothing.production.localhost:${routerPort}/`);
  expect(response?.status()).toBe(404);
  await expect(page.locator("body")).not.toContainText("hello");
});

test("what an instance prints is seen from its service's page", async ({ page }) => {
  await page.goto(`${portalState().url}/services/hello`);
  const instance = page.getByRole("list", { name: "Instances in Production" }).getByRole("listitem").first();
  await instance.getByRole("link", { name: /Output of the instance on port/ }).click();
  const output = page.getByRole("log", { name: "Output of the instance" });
  await expect(output).toContainText(/release 1 listens on port \d+/);
});
