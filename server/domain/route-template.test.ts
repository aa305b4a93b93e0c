import fc from "fast-check";
import { expect, test } from "vitest";
import { routeTemplate } from "./route-template.ts";

test.each([
  ["/", "/"],
  ["/?page=2", "/"],
  ["/orders", "/orders"],
  ["/orders/", "/orders/"],
  ["/orders/81/items?sort=price", "/orders/:id/items"],
  ["/api/v2/users/3f0c2a1e-7b0e-4c39-9a6b-0d5f0a8e3c11", "/api/v2/users/:id"],
  ["/assets/app-3f2a91.js", "/assets/:file.js"],
  ["/.well-known/acme-challenge/x7Q", "/.well-known/acme-challenge/:id"],
  ["/a/b/c/d/e/f/g", "/a/b/c/d/e/f/…"],
  [`/${"x".repeat(41)}`, "/:id"],
  ["/caf%C3%A9", "/:id"],
  ["*", "/"],
])("%s is counted as %s", (target, template) => {
  expect(routeTemplate(target)).toBe(template);
});

test("whatever is asked for, the template is short, plain text, and its own template", () => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      const template = routeTemplate(path);
      expect(template.length).toBeLessThanOrEqual(6 * 41 + 3);
      expect(template).toMatch(/^\/[\w\-:./…]*$/);
    }),
  );
});
