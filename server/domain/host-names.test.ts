import { expect, test } from "vitest";
import { nextPoolHostName, readNextPoolHost, serviceHostName } from "./host-names.ts";
import { slugSchema } from "./slug.ts";

test("the next pool's host name is told from every service's own", () => {
  expect(nextPoolHostName("hello", "production")).toBe("hello--next.production.localhost");
  expect(readNextPoolHost("hello--next.production.localhost")).toEqual({
    serviceSlug: "hello",
    environmentSlug: "production",
  });
  for (const name of [
    serviceHostName("hello", "production"),
    "hello-next.production.localhost",
    "--next.production.localhost",
    "hello--next.localhost",
    "hello--next.production.localhost.example.org",
    "x.hello--next.production.localhost",
  ]) {
    expect([name, readNextPoolHost(name)]).toEqual([name, null]);
  }
});

test("no service can be named like another one's next pool", () => {
  expect(slugSchema.safeParse("hello--next").success).toBe(false);
  expect(slugSchema.safeParse("hello-next").success).toBe(true);
});
