import { expect, test } from "vitest";
import { crumbsOf } from "./crumbs.ts";

const services = [{ slug: "hello", name: "Hello" }];
const labels = (pathname: string) => crumbsOf(pathname, services).map((crumb) => crumb.label);

test.each([
  ["/", ["Overview"]],
  ["/workers", ["Workers"]],
  ["/settings/tokens", ["Settings", "Tokens"]],
  ["/settings/audit", ["Settings", "Audit log"]],
  ["/services/new", ["Overview", "New service"]],
  ["/services/hello", ["Overview", "Hello"]],
  ["/services/unknown", ["Overview", "unknown"]],
  ["/services/hello/deploy", ["Overview", "Hello", "Deploy"]],
  ["/services/hello/deployments/128", ["Overview", "Hello", "Deployment 128"]],
  ["/services/hello/releases/42", ["Overview", "Hello", "Release #42"]],
])("%s stands at %j", (pathname, expected) => {
  expect(labels(pathname)).toEqual(expected);
});

test("the page itself is no link", () => {
  expect(crumbsOf("/services/hello", services).at(-1)?.href).toBeUndefined();
});
