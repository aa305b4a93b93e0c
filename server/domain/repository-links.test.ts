import { expect, test } from "vitest";
import { commitUrl, fileUrl } from "./repository-links.ts";

test.each([
  ["https://github.com/acme/shop.git", "https://github.com/acme/shop/commit/abc"],
  ["git@github.com:acme/shop.git", "https://github.com/acme/shop/commit/abc"],
  [
    "ssh://git@gitlab.acme.example:2222/group/sub/shop.git",
    "https://gitlab.acme.example/group/sub/shop/-/commit/abc",
  ],
  ["https://gitlab.acme.example:8443/shop/", "https://gitlab.acme.example:8443/shop/-/commit/abc"],
  ["https://bitbucket.org/acme/shop", "https://bitbucket.org/acme/shop/commits/abc"],
  ["https://codeberg.org/acme/shop", "https://codeberg.org/acme/shop/commit/abc"],
  ["https://git.acme.example/shop", null],
  ["/srv/repositories/shop", null],
])("a commit of %s is at %s", (repositoryUrl, url) => {
  expect(commitUrl(repositoryUrl, "abc")).toBe(url);
});

test("a line of a file, whatever its name", () => {
  const place = { sha: "abc", path: "src/[id]/a b#.ts", line: 31 };
  expect(fileUrl("https://github.com/acme/shop", place)).toBe(
    "https://github.com/acme/shop/blob/abc/src/%5Bid%5D/a%20b%23.ts#L31",
  );
  expect(fileUrl("https://github.com/acme/shop", { ...place, path: "a.ts", line: null })).toBe(
    "https://github.com/acme/shop/blob/abc/a.ts",
  );
});
